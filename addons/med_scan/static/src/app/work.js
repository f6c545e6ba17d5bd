/**
 * What the picker has in hand: the transfer, where he is in it, and the queue of steps to the server.
 *
 * Every step is in the queue before anything else happens, and leaves it only when the server has
 * answered. With network the server's answer is shown; without it (or when it takes too long) the
 * phone's own, and the step waits. Steps are sent one after the other, in their order, each with a
 * key, so that one that is sent twice is done once.
 */
import { reactive } from "@odoo/owl";

import { useGrammar } from "../reader/grammar";
import { freshState, isOpen, judge, leftOf } from "./judge";
import { LoggedOut, ServerError, Unreachable, call } from "./server";
import { signal } from "./signals";

const DIRECT_PATIENCE = 2500; // ms; then the phone judges and the step waits
const RETRY = 3000; // ms
const CONTACT = 20000; // ms
const UNDO = "MED:UNDO";

const utcNow = () => new Date().toISOString().slice(0, 19).replace("T", " ");

export class Work {
    constructor({ keep, sentences }) {
        Object.assign(this, { keep, sentences });
        this.chain = Promise.resolve();
        this.state = reactive({
            page: "deliveries",
            deliveries: [],
            delivery: null,
            at: freshState(), // where the picker is: what is sent with the next step
            answer: null, // what is on the screen
            online: true,
            queued: 0,
            sending: false,
            refused: [],
            loggedOut: false,
            loaded: false,
            user: "",
            later: [],
            sound: true,
        });
    }

    say(code, params) {
        return this.sentences.say(code, params);
    }

    // Beginning -----------------------------------------------------------------------------

    async begin() {
        const { state, keep } = this;
        this.device = (await keep.get("device")) ?? crypto.randomUUID();
        await keep.set("device", this.device);
        state.sound = (await keep.get("sound")) ?? true;
        this.prefix = (await keep.get("prefix")) ?? "";
        const kept = await keep.get("start");
        if (kept) {
            this.useStart(kept);
        }
        await this.count();
        state.refused = await keep.refused();
        const current = await keep.get("current");
        if (current) {
            await this.resume(current);
        }
        window.addEventListener("online", () => this.wake());
        window.addEventListener("offline", () => (state.online = false));
        this.timer = setInterval(() => this.contact(), CONTACT);
        await this.refresh();
        await this.drain();
    }

    useStart(data) {
        useGrammar(data.grammar);
        this.sentences.catalogue = data.sentences;
        Object.assign(this.state, { deliveries: data.deliveries, user: data.user, loaded: true });
        this.uid = data.uid;
        this.today = data.today;
        // how far this phone's clock is off, so that its day is the server's
        this.skew = new Date(`${data.now.replace(" ", "T")}Z`) - Date.now();
    }

    /** The list and the catalogue anew; what was kept serves while there is no network. */
    async refresh() {
        const data = await this.reach(() =>
            call("start", [], { device: this.device, status: this.status() })
        );
        if (data) {
            this.useStart(data);
            await this.keep.set("start", data);
        }
    }

    status() {
        const { state } = this;
        return {
            queue: state.queued,
            refused: state.refused.length,
            oldest: this.oldest ?? null,
            picking: state.delivery?.id ?? null,
            agent: navigator.userAgent,
        };
    }

    async contact() {
        await this.reach(() => call("contact", [], { device: this.device, status: this.status() }));
        await this.drain();
        const { delivery, online, queued } = this.state;
        if (delivery && online && !queued) {
            await this.reload(delivery.id); // what colleagues scanned on it meanwhile
        }
    }

    async wake() {
        await this.contact();
    }

    /** The answer of ``ask``, or null when there is no network; the screen shows which. */
    async reach(ask) {
        try {
            const answer = await ask();
            Object.assign(this.state, { online: true, loggedOut: false });
            return answer;
        } catch (error) {
            if (error instanceof LoggedOut) {
                this.state.loggedOut = true;
            } else if (error instanceof Unreachable) {
                this.state.online = false;
                this.later();
            } else {
                throw error;
            }
            return null;
        }
    }

    later() {
        clearTimeout(this.retry);
        this.retry = setTimeout(() => this.contact(), RETRY);
    }

    // Transfers -----------------------------------------------------------------------------

    async open(id, flow = "pick") {
        const { state, keep } = this;
        let data = null;
        // what waits here is not on the server yet: its figures would be behind the picker's
        if (!(await this.hasSteps(id))) {
            data = await this.reach(() => call("load", [id, flow]));
        }
        if (data?.problem) {
            await keep.dropDelivery(id);
            this.show({ tone: "wrong", message: data.message });
            return;
        }
        data = data ? { ...data, history: [] } : await keep.delivery(id);
        if (data?.flow !== flow) {
            this.show({ tone: "wrong", message: this.say("app_not_loaded") });
            return;
        }
        await keep.keepDelivery(data);
        Object.assign(state, { delivery: data, at: freshState(flow), answer: null, later: [] });
        state.page = this.workPage;
        await this.keepPlace();
    }

    async resume({ id, at }) {
        const data = await this.keep.delivery(id);
        if (data) {
            Object.assign(this.state, { delivery: data, at });
            this.state.page = this.workPage;
        }
    }

    /** The page of the work in hand: the flow's own, until all of it is done. */
    get workPage() {
        const { delivery } = this.state;
        return delivery.lines.some(isOpen) ? delivery.flow : "complete";
    }

    async close() {
        Object.assign(this.state, { delivery: null, answer: null, page: "deliveries" });
        await this.keep.set("current", null);
        await this.refresh();
    }

    keepPlace() {
        const { delivery, at } = this.state;
        return this.keep.set(
            "current",
            delivery && JSON.parse(JSON.stringify({ id: delivery.id, at }))
        );
    }

    keepDelivery() {
        return this.keep.keepDelivery(JSON.parse(JSON.stringify(this.state.delivery)));
    }

    async hasSteps(id) {
        return (await this.keep.queue()).some((step) => step.picking === id);
    }

    /** The line to go to: at the place where the picker is, else the next on the way. */
    get next() {
        const { delivery, at, later } = this.state;
        const open = delivery?.lines.filter(isOpen) ?? [];
        const here = open.filter((line) => line.location === at.location);
        const order = [...here, ...open].filter((line) => !later.includes(line.id));
        return order[0] ?? open[0] ?? null;
    }

    // Steps ---------------------------------------------------------------------------------

    /** One after the other, however fast they come. */
    scan(code, entry = "wedge", reason = null) {
        this.chain = this.chain.then(() =>
            this.step(code, entry, reason).catch((error) => {
                console.error(error);
                this.show({
                    tone: "wrong",
                    message: this.say("not_saved", { error: error.message }),
                });
            })
        );
        return this.chain;
    }

    async step(code, entry, reason) {
        const { state } = this;
        this.steps = (this.steps ?? 0) + 1;
        this.began = performance.now();
        if (!state.delivery) {
            return this.find(code);
        }
        if (code.trim().toUpperCase() === "MED:NEXT") {
            return this.skip();
        }
        const own = code.trim().toUpperCase() === UNDO ? this.judgeUndo() : this.judgeOwn(code);
        const step = {
            key: crypto.randomUUID(),
            uid: this.uid,
            picking: state.delivery.id,
            code,
            entry,
            reason,
            at: utcNow(),
            state: JSON.parse(JSON.stringify(state.at)),
            about: own.undoes ? { undoes: own.undoes } : null,
            line: own.lines[0] ?? null,
        };
        const isDirect = state.online && !state.queued && !state.sending && !state.loggedOut;
        if (isDirect) {
            step.seq = await this.enqueue(step);
            const answer = await this.send(step, DIRECT_PATIENCE);
            if (answer) {
                await this.leave(step);
                return this.took(step, answer);
            }
            // no answer: it waits, and the phone judges
        }
        return this.judged(step, own);
    }

    judgeOwn(code) {
        const { delivery, at } = this.state;
        return judge({
            delivery,
            code,
            state: at,
            today: this.day(),
            uid: this.uid,
            user: this.state.user,
        });
    }

    /** The server's day; a phone that was on all night does not pick by yesterday's. */
    day() {
        const shown = new Date(Date.now() + (this.skew || 0)).toLocaleDateString("sv-SE");
        return shown > this.today ? shown : this.today;
    }

    judgeUndo() {
        const last = this.state.delivery.history.at(-1);
        const answer = { lines: [], takes: [], choices: [], state: this.state.at };
        if (!last) {
            return {
                ...answer,
                tone: "wrong",
                problem: "undo_nothing",
                sentences: [{ code: "undo_nothing" }],
            };
        }
        return {
            ...answer,
            tone: "right",
            problem: null,
            undoes: last.key,
            lines: last.takes.map(([id]) => id),
            takes: last.takes.map(([id, part]) => [id, -part]),
            sentences: [{ code: "undone", params: last.params }],
        };
    }

    /** Without the server: the phone's own answer, and what has to be told the server later. */
    async judged(step, own) {
        const { state } = this;
        const counts = own.takes.length > 0;
        const isWrong = own.tone === "wrong";
        if (step.seq === undefined && (counts || (isWrong && !step.code.startsWith("MED:")))) {
            step.about = isWrong ? { judged: own.problem } : step.about;
            step.seq = await this.enqueue(step);
        } else if (step.seq !== undefined && isWrong) {
            // it is on its way already; should it arrive, the server's answer counts
            step.about = { ...step.about, judged: own.problem };
        }
        for (const [id, part] of own.takes) {
            const line = state.delivery.lines.find((one) => one.id === id);
            line.taken = Math.round((line.taken + part) * 1e6) / 1e6;
            line.picked = leftOf(line) <= 1e-6;
        }
        if (own.undoes) {
            state.delivery.history.pop();
        } else if (counts) {
            const params = own.sentences[0].params;
            state.delivery.history.push({ key: step.key, takes: own.takes, params });
        }
        state.at = own.state;
        const texts = own.texts ?? own.sentences.map(({ code, params }) => this.say(code, params));
        const answer = {
            tone: own.tone,
            problem: own.problem,
            message: texts.join("\n"),
            notes: counts ? [this.say("kept_offline")] : [],
            choices: own.choices,
            lines: own.lines,
        };
        if (counts || isWrong) {
            await this.keepDelivery();
        }
        await this.keepPlace();
        this.turn(answer);
        this.later();
    }

    /** The server answered at once. */
    async took(step, answer) {
        const { state } = this;
        const before = new Map(state.delivery.lines.map((line) => [line.id, line.taken]));
        this.apply(state.delivery, answer.changed);
        const takes = (step.about?.why ? [] : answer.changed)
            .map(({ id }) => [
                id,
                state.delivery.lines.find((l) => l.id === id)?.taken - before.get(id),
            ])
            .filter(([, part]) => part);
        if (step.code.trim().toUpperCase() === UNDO) {
            state.delivery.history = state.delivery.history.filter(
                (one) => one.key !== step.about?.undoes
            );
        } else if (answer.ok && takes.length) {
            state.delivery.history.push({ key: step.key, takes, params: this.paramsOf(takes) });
        }
        state.at = answer.state;
        await this.keepDelivery();
        await this.keepPlace();
        this.turn({
            ...answer,
            lines: takes.length ? takes.map(([id]) => id) : [step.line].filter(Boolean),
        });
    }

    paramsOf(takes) {
        const line = this.state.delivery.lines.find((one) => one.id === takes[0][0]);
        return {
            quantity: String(takes.reduce((sum, [, part]) => sum + part, 0)),
            product: this.state.delivery.products[line.product].name,
            lot: line.lot ?? "–",
        };
    }

    /** The lines as the server has them now. */
    apply(delivery, changed) {
        for (const { id, quantity, taken, picked } of changed) {
            const line = delivery.lines.find((one) => one.id === id);
            if (line) {
                Object.assign(line, { quantity, taken, picked });
            }
        }
    }

    /** Show an answer and the page that follows from it. */
    turn(answer) {
        const { state } = this;
        const waits = state.at.pending.length || state.at.lot;
        state.page = answer.choices?.length ? "choose" : waits ? "label" : this.workPage;
        this.show(answer);
    }

    show(answer) {
        this.state.answer = { notes: [], choices: [], lines: [], ...answer };
        this.state.answer.number = this.answers = (this.answers ?? 0) + 1;
        this.state.answer.ms = this.began ? Math.round(performance.now() - this.began) : 0;
        signal(answer.tone, this.state.sound);
    }

    /** On the list: a scanned transfer is opened. */
    async find(code) {
        const text = code.trim().toUpperCase();
        const found = this.state.deliveries.find((one) => one.name.toUpperCase() === text);
        if (found) {
            await this.open(found.id, found.flow);
            return;
        }
        // no transfer: what is this, and may it go?
        const answer = await this.reach(() => call("look", [code, this.looking ?? []]));
        this.looking = answer?.pending ?? [];
        this.show(answer ?? { tone: "wrong", message: this.say("no_answer") });
    }

    /** Less is there than wanted. Only with the server: what is given back may go to somebody else. */
    async missing(line, why) {
        const { state } = this;
        const step = {
            key: crypto.randomUUID(),
            uid: this.uid,
            picking: state.delivery.id,
            code: "MED:SHORT",
            entry: "wedge",
            at: utcNow(),
            state: JSON.parse(JSON.stringify(state.at)),
            about: { line: line.id, why },
        };
        const answer = state.queued ? null : await this.send(step, DIRECT_PATIENCE);
        state.page = this.workPage;
        if (!answer) {
            this.show({ tone: "wrong", message: this.say("needs_network") });
            return;
        }
        await this.took(step, answer);
        state.delivery.lines = state.delivery.lines.filter((one) => one.quantity > 0);
        await this.keepDelivery();
        state.page = this.workPage;
    }

    /** Not now: the line comes last. */
    skip() {
        const line = this.next;
        if (line) {
            const { state } = this;
            state.later = [...state.later.filter((id) => id !== line.id), line.id];
            const open = state.delivery.lines.filter(isOpen);
            if (open.every((one) => state.later.includes(one.id))) {
                state.later = [];
            }
            state.at = { ...state.at, location: null, package: null };
        }
    }

    // Queue ---------------------------------------------------------------------------------

    async enqueue(step) {
        const seq = await this.keep.enqueue(JSON.parse(JSON.stringify(step)));
        await this.count();
        return seq;
    }

    async leave(step) {
        await this.keep.dequeue(step.seq);
        await this.count();
    }

    async count() {
        const queue = await this.keep.queue();
        this.state.queued = queue.length;
        this.oldest = queue[0]?.at;
    }

    /** The server's answer to a step; null when it did not come. */
    send(step, patience) {
        return this.reach(async () => {
            try {
                return await call(
                    "scan",
                    [step.picking, step.code, step.key],
                    {
                        device: this.device,
                        at: step.at,
                        state: step.state,
                        entry: step.entry,
                        reason: step.reason,
                        about: step.about,
                    },
                    patience
                );
            } catch (error) {
                if (!(error instanceof ServerError)) {
                    throw error;
                }
                // it was refused as a whole, and would be again
                return {
                    ok: false,
                    tone: "wrong",
                    problem: "not_saved",
                    message: this.say("not_saved", { error: error.message }),
                    notes: [],
                    changed: [],
                    choices: [],
                    state: step.state,
                };
            }
        });
    }

    /** Send what waits, oldest first. What the server refuses is kept and shown, never dropped. */
    async drain() {
        const { state, keep } = this;
        if (state.sending) {
            return;
        }
        state.sending = true;
        const touched = new Set();
        try {
            for (;;) {
                // another person's steps wait until he holds this phone again
                const step = (await keep.queue()).find((one) => one.uid === this.uid);
                if (!step) {
                    break;
                }
                const answer = await this.send(step);
                if (!answer) {
                    return;
                }
                touched.add(step.picking);
                if (answer.ok || step.about?.judged) {
                    await keep.dequeue(step.seq);
                } else {
                    await keep.refuse(step, answer);
                    state.refused = await keep.refused();
                    signal("wrong", state.sound);
                }
                await this.count();
            }
        } finally {
            state.sending = false;
        }
        for (const id of touched) {
            await this.reload(id);
        }
    }

    /** The server's figures, once nothing of this transfer waits any more. */
    async reload(id) {
        if (await this.hasSteps(id)) {
            return;
        }
        const kept = (await this.keep.delivery(id)) ?? {};
        const steps = this.steps;
        const data = await this.reach(() => call("load", [id, kept.flow ?? "pick"]));
        const isOld = steps !== this.steps || (await this.hasSteps(id));
        if (!data || data.problem || isOld) {
            return; // a scan came between: its own answer is younger
        }
        const fresh = { ...data, history: kept.history ?? [] };
        await this.keep.keepDelivery(fresh);
        if (this.state.delivery?.id === id) {
            this.state.delivery = fresh;
            if ([fresh.flow, "complete"].includes(this.state.page)) {
                this.state.page = this.workPage;
            }
        }
    }

    async seen(key) {
        await this.keep.seen(key);
        this.state.refused = await this.keep.refused();
        if (!this.state.refused.length && this.state.page === "refused") {
            this.state.page = this.state.delivery ? this.workPage : "deliveries";
        }
    }

    refusedAt(line) {
        return this.state.refused.filter(
            (step) => step.line === line.id && step.picking === this.state.delivery?.id
        );
    }
}
