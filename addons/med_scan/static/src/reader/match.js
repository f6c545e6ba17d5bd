/** Which line a label belongs to, or why to none: the steps of med_scan/lib/match.py. */
const STEP = 1e-6;

const leftOf = (line) => Math.max(0, line.quantity - line.taken);
const ids = (lines) => lines.map((line) => line.id);
const round = (value) => Math.round(value * 1e6) / 1e6;

export function match(lines, read) {
    const answer = (problem, about, facts = {}) => ({
        problem,
        takes: [],
        lines: ids(about),
        facts,
    });
    const open = (some) => some.filter((line) => leftOf(line) > STEP);
    const ofProduct = lines.filter((line) => line.product === read.product);
    if (!ofProduct.length) {
        return answer("wrong_item", open(lines));
    }
    const same =
        read.tracking === "none" ? ofProduct : ofProduct.filter((line) => line.lot === read.lot);
    if (!same.length) {
        const waiting = open(ofProduct);
        return answer("wrong_lot", waiting.length ? waiting : ofProduct);
    }
    const waiting = open(same);
    const ordered = same.reduce((sum, line) => sum + line.quantity, 0);
    if (!waiting.length) {
        return answer(read.tracking === "serial" ? "serial_twice" : "taken_already", same, {
            ordered,
        });
    }
    const here = waiting.filter(
        (line) => read.location === null || line.location === read.location
    );
    if (!here.length) {
        return answer("wrong_location", waiting);
    }
    const packed = here.filter((line) => read.package === null || line.package === read.package);
    if (!packed.length) {
        return answer("wrong_package", here);
    }
    const left = packed.reduce((sum, line) => sum + leftOf(line), 0);
    if (read.quantity > left + STEP) {
        return answer("more_than_ordered", packed, { ordered, left, scanned: read.quantity });
    }
    const takes = [];
    let rest = read.quantity;
    for (const line of packed) {
        if (rest <= STEP) {
            break;
        }
        const part = Math.min(rest, leftOf(line));
        takes.push([line.id, round(part)]);
        rest -= part;
    }
    return { problem: null, takes, lines: ids(packed), facts: {} };
}
