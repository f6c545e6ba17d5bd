import { App, whenReady } from "@odoo/owl";
import { getTemplate } from "@web/core/templates";

import { ScanApp } from "./app";
import { Keep } from "./keep";
import { Sentences } from "./sentences";
import { session } from "./session";
import { Work } from "./work";

/** The page and its program stay on the phone, so that the app opens without network. */
async function keepProgram() {
    if (!navigator.serviceWorker) {
        return; // no HTTPS: scans are kept all the same, only the page is not
    }
    await navigator.serviceWorker.register("/med_scan/service-worker.js", { scope: "/med_scan" });
    const { active } = await navigator.serviceWorker.ready;
    const files = performance
        .getEntriesByType("resource")
        .map((entry) => new URL(entry.name))
        .filter(
            (url) =>
                url.origin === location.origin &&
                /^\/(web\/assets|[^/]+\/static)\//.test(url.pathname)
        )
        .map((url) => url.pathname + url.search);
    active.postMessage({ keep: files });
}

whenReady(async () => {
    const keep = await new Keep().open(session.db);
    const work = new Work({ keep, sentences: new Sentences() });
    await work.begin();
    const app = new App(ScanApp, {
        getTemplate,
        props: { work },
        name: "med_scan",
        translateFn: (text) => text,
    });
    await app.mount(document.body);
    document.body.classList.add("ms-ready");
    keepProgram().catch(console.error);
});
