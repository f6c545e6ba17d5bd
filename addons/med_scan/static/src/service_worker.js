// @odoo-module ignore

/**
 * The page from the network when there is one, else as it was last seen; its files as they were kept,
 * since each version has an address of its own. Calls to the server are never answered from here.
 */
const CACHE = "med-scan-1";
const PAGE = "/med_scan";
const ALWAYS = [
    "/web/static/lib/zxing-library/zxing-library.js",
    "/med_scan/static/description/icon.svg",
];
const PATIENCE = 3000; // ms for the page; a network that hangs is no network

self.addEventListener("install", (event) => {
    event.waitUntil(
        (async () => {
            const cache = await caches.open(CACHE);
            await cache.addAll(ALWAYS);
            await self.skipWaiting();
        })()
    );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
    event.waitUntil(keepFiles(event.data?.keep ?? []));
});

/** Keep what the page needs now, and drop what an older version needed. */
async function keepFiles(files) {
    const cache = await caches.open(CACHE);
    const wanted = new Set([...files, ...ALWAYS]);
    for (const request of await cache.keys()) {
        const { pathname, search } = new URL(request.url);
        if (pathname.startsWith("/web/assets/") && !wanted.has(pathname + search)) {
            await cache.delete(request);
        }
    }
    for (const one of wanted) {
        if (!(await cache.match(one))) {
            await cache.add(one).catch(() => {});
        }
    }
    if (!(await cache.match(PAGE))) {
        const response = await fetch(PAGE);
        if (response.ok && !response.redirected) {
            await cache.put(PAGE, response);
        }
    }
}

async function page(request) {
    const cache = await caches.open(CACHE);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), PATIENCE);
    try {
        const response = await fetch(request, { signal: controller.signal });
        if (response.ok && !response.redirected && response.type === "basic") {
            await cache.put(PAGE, response.clone());
        }
        if (response.status < 500) {
            return response;
        }
    } catch {
        // as it was last seen
    } finally {
        clearTimeout(timer);
    }
    return (await cache.match(PAGE)) ?? Response.error();
}

async function file(request) {
    const cache = await caches.open(CACHE);
    return (await cache.match(request)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
    const { request } = event;
    if (request.method !== "GET") {
        return;
    }
    const { origin, pathname } = new URL(request.url);
    if (origin !== self.location.origin) {
        return;
    }
    if (request.mode === "navigate" && pathname === PAGE) {
        event.respondWith(page(request));
    } else if (/^\/(web\/assets|[^/]+\/static)\//.test(pathname)) {
        event.respondWith(file(request));
    }
});
