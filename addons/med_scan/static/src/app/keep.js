/**
 * What stays on the phone when the app is closed (IndexedDB): the queue of steps in their order, the
 * transfers that were opened, what the server refused, and what the app began with.
 */
const STORES = { queue: { keyPath: "seq", autoIncrement: true }, refused: { keyPath: "key" } };

const done = (request) =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

export class Keep {
    async open(name) {
        const request = indexedDB.open(`med_scan-${name}`, 1);
        request.onupgradeneeded = () => {
            const db = request.result;
            for (const [store, options] of Object.entries(STORES)) {
                db.createObjectStore(store, options);
            }
            db.createObjectStore("deliveries");
            db.createObjectStore("values");
        };
        this.db = await done(request);
        // asked once: a phone short of room must not throw the queue away
        navigator.storage?.persist?.();
        return this;
    }

    _store(name, mode = "readonly") {
        return this.db.transaction(name, mode, { durability: "strict" }).objectStore(name);
    }

    /** Resolves when the change is on the disk, not only asked for. */
    async _change(name, act) {
        const transaction = this.db.transaction(name, "readwrite", { durability: "strict" });
        const finished = new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = transaction.onerror = () => reject(transaction.error);
        });
        const request = act(transaction.objectStore(name));
        await finished;
        return request.result;
    }

    get(key) {
        return done(this._store("values").get(key));
    }

    set(key, value) {
        return this._change("values", (store) => store.put(value, key));
    }

    delivery(id) {
        return done(this._store("deliveries").get(id));
    }

    keepDelivery(data) {
        return this._change("deliveries", (store) => store.put(data, data.id));
    }

    dropDelivery(id) {
        return this._change("deliveries", (store) => store.delete(id));
    }

    /** @returns {Promise<number>} the place in the queue */
    enqueue(step) {
        return this._change("queue", (store) => store.add(step));
    }

    dequeue(seq) {
        return this._change("queue", (store) => store.delete(seq));
    }

    /** The whole queue, oldest first. */
    queue() {
        return done(this._store("queue").getAll());
    }

    refused() {
        return done(this._store("refused").getAll());
    }

    /** Out of the queue and into what was refused, in one go: a step is never in neither. */
    async refuse(step, answer) {
        const transaction = this.db.transaction(["queue", "refused"], "readwrite", {
            durability: "strict",
        });
        const finished = new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = transaction.onerror = () => reject(transaction.error);
        });
        transaction.objectStore("refused").put({ ...step, answer });
        transaction.objectStore("queue").delete(step.seq);
        await finished;
    }

    seen(key) {
        return this._change("refused", (store) => store.delete(key));
    }
}
