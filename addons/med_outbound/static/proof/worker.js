/** Keeps the page that checks codes, so that it opens where there is no network. */
const NAME = "med-proof-1";
const FILES = ["/med/proof", "/med_outbound/static/proof/proof.js"];

globalThis.addEventListener("install", (event) => {
    event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)));
    globalThis.skipWaiting();
});

globalThis.addEventListener("activate", (event) => event.waitUntil(globalThis.clients.claim()));

globalThis.addEventListener("fetch", (event) => {
    const path = new URL(event.request.url).pathname;
    if (event.request.method !== "GET" || !FILES.includes(path)) {
        return;
    }
    // the newest keys where there is a network, the last known ones where there is none
    event.respondWith(
        fetch(event.request)
            .then((response) => {
                if (response.ok) {
                    const copy = response.clone();
                    caches.open(NAME).then((cache) => cache.put(path, copy));
                }
                return response;
            })
            .catch(() => caches.match(path))
    );
});
