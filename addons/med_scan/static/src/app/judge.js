/**
 * What the server would answer to a code, from what the phone took along (``load``). The same steps as
 * models/med_scan_app_pick.py; where the phone cannot know, it refuses or asks rather than takes.
 */
import { ScanError } from "../reader/grammar";
import { readings as readingsOf, toText } from "../reader/gs1";
import { checkCharacter } from "../reader/hibc";
import { match } from "../reader/match";
import { combine, parse } from "../reader/reader";

const ITEM_ELEMENTS = ["10", "11", "13", "15", "16", "17", "21", "30", "240"];
const SHOWN = 3;

export const leftOf = (line) => Math.max(0, Math.round((line.quantity - line.taken) * 1e6) / 1e6);
export const isOpen = (line) => leftOf(line) > 1e-6;
export const freshState = (flow = "pick") => ({
    flow,
    location: null,
    package: null,
    lot: null,
    pending: [],
});

function productsOf(delivery) {
    return Object.values(delivery.products);
}

/** [product, identifier] under which a DI is registered, or nothing. */
function findProduct(delivery, scan) {
    const forms = [scan.di];
    if (scan.agency === "HIBCC") {
        forms.push(scan.di + checkCharacter(`+${scan.di}`));
    }
    for (const product of productsOf(delivery)) {
        const identifier = product.identifiers.find(
            (one) => one.agency === scan.agency && forms.includes(one.di)
        );
        if (identifier) {
            return [product, identifier];
        }
    }
    if (scan.agency === "GS1") {
        const short = [14, 13, 12, 8].filter((size) => /^0*$/.test(scan.di.slice(0, 14 - size)));
        const barcodes = short.map((size) => scan.di.slice(14 - size));
        const product = productsOf(delivery).find((one) => barcodes.includes(one.barcode));
        return product ? [product, null] : [];
    }
    return [];
}

class Judge {
    constructor({ delivery, code, state, today, uid, user }) {
        Object.assign(this, { delivery, code, today, uid, user });
        this.state = { ...freshState(), ...state };
        this.text = code.trim();
    }

    answer(tone, problem, params, more = {}) {
        const { state, ...rest } = more;
        return {
            ok: tone === "right",
            tone,
            problem,
            sentences: [{ code: problem ?? rest.sentence, params }],
            takes: [],
            lines: [],
            choices: [],
            ...rest,
            state: { ...this.state, pending: [], lot: null, ...state },
        };
    }

    right(sentence, params = {}, more = {}) {
        return this.answer("right", null, params, { sentence, ...more });
    }

    wrong(problem, params = {}, more = {}) {
        return this.answer("wrong", problem, params, more);
    }

    ask(problem, params = {}, more = {}) {
        return this.answer("ask", problem, params, more);
    }

    judge() {
        const { delivery, text, state } = this;
        const command = /^MED:(DONE|NEXT|SHORT|SWAP)$/i.test(text);
        const badge = /^MED:USER:([0-9]{1,9})$/i.exec(text);
        if (/^MED:SWAP /i.test(text)) {
            return this.wrong("needs_network");
        }
        if (command) {
            const left = delivery.lines.filter(isOpen).length;
            return this.right(left ? "still_open" : "all_taken", { left });
        }
        if (badge) {
            return Number(badge[1]) === this.uid
                ? this.right("badge_right", { user: this.user })
                : this.wrong("wrong_user", { badge: badge[1], user: this.user });
        }
        if (delivery.lines.some((line) => line.lot === text) && !this.namesAProduct()) {
            return this.byLotName();
        }
        let scan = null;
        let codes = [...state.pending.filter((one) => one !== this.code), this.code];
        try {
            scan = combine(
                codes.map((one) => parse(one, this.today)),
                this.today
            );
        } catch (error) {
            if (!(error instanceof ScanError)) {
                throw error;
            }
            try {
                codes = [this.code];
                scan = parse(this.code, this.today);
            } catch (second) {
                if (!(second instanceof ScanError)) {
                    throw second;
                }
                return this.other(null) ?? this.wrong(second.code, second.params);
            }
        }
        if (!scan.di) {
            const other = this.other(scan);
            if (other) {
                return other;
            }
        }
        return this.goods(scan, codes);
    }

    namesAProduct() {
        try {
            return Boolean(parse(this.text, this.today).di);
        } catch {
            return false;
        }
    }

    /** A barcode that holds nothing but a lot. */
    byLotName() {
        const lot = this.text;
        if (this.state.pending.length) {
            try {
                const scan = combine(
                    this.state.pending.map((one) => parse(one, this.today)),
                    this.today
                );
                const [product, identifier] = scan.di ? findProduct(this.delivery, scan) : [];
                if (product && !(product.tracking === "serial" ? scan.serial : scan.lot)) {
                    return this.take(product, identifier, scan, lot);
                }
            } catch (error) {
                if (!(error instanceof ScanError)) {
                    throw error;
                }
            }
        }
        const ids = [
            ...new Set(this.delivery.lines.filter((one) => one.lot === lot).map((l) => l.product)),
        ];
        const product = ids.length === 1 && this.delivery.products[ids[0]];
        if (product && !product.device) {
            return this.take(product, null, null, lot);
        }
        return this.ask("scan_product_symbol", { lot }, { state: { lot } });
    }

    /** Places, packages, barcodes of one's own. */
    other(scan) {
        const { delivery, text } = this;
        if (!text) {
            return null;
        }
        if (!scan) {
            const product = productsOf(delivery).find((one) => one.barcode === text);
            if (product) {
                return this.goodsOf(product, null, null, [this.code]);
            }
            const at = delivery.lines.find((line) => line.place_code === text);
            if (at) {
                const waiting = delivery.lines.filter(isOpen);
                if (!waiting.some((line) => line.location === at.location)) {
                    const wanted = this.names(waiting, (line) => line.place);
                    return this.wrong("location_unknown", {
                        delivery: delivery.name,
                        location: at.place,
                        wanted,
                    });
                }
                const state = { location: at.location, package: null };
                return this.right("at_location", { location: at.place }, { state });
            }
        }
        const names = scan?.sscc ? [scan.sscc, `00${scan.sscc}`, `(00)${scan.sscc}`] : [text];
        const inside = delivery.lines.find(
            (line) => line.package_name && names.includes(line.package_name)
        );
        if (inside) {
            // whether the package is whole, only the server knows: its goods are scanned one by one
            const params = { package: inside.package_name, delivery: delivery.name };
            return this.ask("package_open", params, { state: { package: inside.package } });
        }
        if (scan?.sscc) {
            return this.wrong("package_unknown", { package: scan.sscc, delivery: delivery.name });
        }
        return null;
    }

    goods(scan, codes) {
        const { delivery, state } = this;
        if (scan.di) {
            const [product, identifier] = findProduct(delivery, scan);
            if (!product) {
                return this.wrongGoods("wrong_item", { name: scan.di }, scan.lot ?? scan.serial);
            }
            const about = { di: scan.di, product: product.name };
            if (identifier?.level === "use") {
                return this.wrong("unit_of_use", about);
            }
            if (identifier?.to && identifier.to < this.today) {
                return this.wrong("identifier_expired", { ...about, date: identifier.to });
            }
            if (identifier?.from && identifier.from > this.today) {
                return this.wrong("identifier_not_yet", { ...about, date: identifier.from });
            }
            return this.goodsOf(product, identifier, scan, codes);
        }
        // lot and date without the product: whose lot is it?
        const names = [scan.lot, scan.serial].filter(Boolean);
        let products = productsOf(delivery);
        if (products.length > 1 && names.length) {
            const ids = new Set(
                delivery.lines.filter((l) => names.includes(l.lot)).map((line) => line.product)
            );
            products = products.filter((product) => ids.has(product.id));
            if (products.length > 1) {
                const text = products.map((product) => product.name).join(", ");
                const params = { lot: names[0], products: text };
                return this.ask("lot_matches_several", params, { state: { pending: codes } });
            }
        }
        if (products.length !== 1) {
            const problem = scan.problems.find((one) => one.code !== "needs") ?? scan.problems[0];
            const pending = codes.length < 4 ? codes : [];
            return this.ask(problem?.code ?? "no_product_key", problem?.params ?? {}, {
                state: { pending },
            });
        }
        const problems = scan.problems.filter(
            (one) =>
                one.code !== "hibc_secondary" &&
                (one.code !== "needs" || !ITEM_ELEMENTS.includes(one.params.ai))
        );
        return this.goodsOf(products[0], null, { ...scan, problems }, codes, state);
    }

    goodsOf(product, identifier, scan, codes) {
        let read = scan;
        const nameOf = (one) => (product.tracking === "serial" ? one?.serial : one?.lot) ?? null;
        if (read?.problems.some((problem) => problem.code === "ambiguous")) {
            const all = readingsOf(read, this.today);
            const lots = new Set(
                this.delivery.lines.filter((l) => l.product === product.id).map((line) => line.lot)
            );
            const known = all.filter((one) => lots.has(nameOf(one)));
            if (known.length !== 1) {
                const choices = all.map((one) => ({
                    code: toText(one.elements),
                    label: toText(one.elements),
                }));
                return this.ask("choose_reading", {}, { choices });
            }
            const problems = read.problems.filter((problem) => problem.code !== "ambiguous");
            read = { ...known[0], problems };
        }
        const lot = product.tracking === "none" ? null : nameOf(read);
        if (product.tracking !== "none" && !lot) {
            if (this.state.lot) {
                return this.take(product, identifier, read, this.state.lot);
            }
            const pending = codes.length < 4 ? codes : [];
            return this.ask("scan_other_symbol", { product: product.name }, { state: { pending } });
        }
        if (read?.problems.length) {
            const [problem] = read.problems;
            return this.wrong(problem.code, problem.params);
        }
        return this.take(product, identifier, read, lot);
    }

    take(product, identifier, scan, lot) {
        const { delivery, state } = this;
        const line = delivery.lines.find((one) => one.product === product.id && one.lot === lot);
        if (
            line &&
            scan?.expiry &&
            line.expiry &&
            ![line.expiry, line.expiry_utc].includes(scan.expiry)
        ) {
            const params = { product: product.name, lot, label: scan.expiry, record: line.expiry };
            return this.wrong("expiry_differs", params);
        }
        const quantity = scan?.quantity || identifier?.quantity || 1;
        const found = match(delivery.lines, {
            product: product.id,
            tracking: product.tracking,
            lot,
            quantity,
            location: state.location,
            package: state.package,
        });
        if (found.problem) {
            return this.wrongGoods(found.problem, product, lot, found);
        }
        for (const [id] of found.takes) {
            const told = delivery.verdicts[id];
            if (told) {
                return this.answer("wrong", "refused_by_gate", {}, { texts: told, lines: [id] });
            }
            const { expiry } = delivery.lines.find((one) => one.id === id);
            if (product.device && expiry && expiry < this.today) {
                const params = { product: product.name, lot, date: expiry };
                return this.wrong("lot_expired", params, { lines: [id] });
            }
        }
        const total = found.takes.reduce((sum, [, part]) => sum + part, 0);
        const params = { quantity: String(total), product: product.name, lot: lot ?? "" };
        const lines = found.takes.map(([id]) => id);
        const here = delivery.lines.filter((one) => one.location === state.location && isOpen(one));
        const taken = new Map(found.takes);
        const waits = here.some((one) => leftOf(one) - (taken.get(one.id) ?? 0) > 1e-6);
        const away = waits ? {} : { location: null, package: null };
        const told = delivery.flow === "review" ? "counted" : lot ? "taken" : "taken_plain";
        return this.right(told, params, {
            takes: found.takes,
            lines,
            state: away,
        });
    }

    wrongGoods(problem, product, lot, found = null) {
        const { delivery, state } = this;
        const lines = found
            ? delivery.lines.filter((line) => found.lines.includes(line.id))
            : delivery.lines.filter(isOpen);
        const tell = {
            wrong_item: (line) => delivery.products[line.product].name,
            wrong_location: (line) => line.place,
            wrong_package: (line) => line.package_name,
        }[problem];
        const place = delivery.lines.find((line) => line.location === state.location)?.place ?? "";
        const pack =
            delivery.lines.find((line) => line.package === state.package)?.package_name ?? "";
        const facts = Object.fromEntries(
            Object.entries(found?.facts ?? {}).map(([name, value]) => [name, String(value)])
        );
        const params = {
            delivery: delivery.name,
            product: product.name,
            lot: lot || "–",
            here: problem === "wrong_location" ? place : pack,
            wanted: this.names(lines, tell ?? ((line) => line.lot)),
            ...facts,
        };
        const isTwice = ["taken_already", "serial_twice"].includes(problem);
        const code = delivery.flow === "review" && isTwice ? "counted_already" : problem;
        const more = { lines: lines.map((line) => line.id), sentences: [{ code, params }] };
        return this.wrong(problem, params, more);
    }

    names(lines, tell) {
        const names = [...new Set(lines.map((line) => tell(line) || "–"))];
        const more = names.length > SHOWN ? ` +${names.length - SHOWN}` : "";
        return names.length ? names.slice(0, SHOWN).join(", ") + more : "–";
    }
}

export function judge(question) {
    return new Judge(question).judge();
}
