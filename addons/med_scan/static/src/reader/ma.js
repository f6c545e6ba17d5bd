/** MA codes (IDcode): the steps of med_master_data/lib/ma.py. */
import { resolveDate } from "./dates";
import { ScanError, makeScan } from "./grammar";

const DI = /^(M[AB])\.([0-9]{3})\.([0-9A-Z]{2})\.([0-9A-Za-z]{1,10})\.([0-9A-Za-z]{2,20})/;
const TEXT = /^[0-9A-Za-z_/()+:;,*#%&=<>!?-]{1,40}$/;

export function parseMa(text, today, raw = text, symbology = null) {
    const found = DI.exec(text);
    const end = found ? found[0].length : 0;
    if (!found || !["", "."].includes(text.slice(end, end + 1))) {
        throw new ScanError("ma_identifier", { value: text.slice(0, 60) });
    }
    const elements = [["MA", found[0]]];
    const pieces = end < text.length ? text.slice(end + 1).split(".") : [];
    if (pieces.length === 1 && pieces[0] === "") {
        throw new ScanError("ma_part", { value: text, part: "" });
    }
    const values = new Map();
    const days = {};
    for (const piece of pieces) {
        const [flag, value] = [piece.slice(0, 1), piece.slice(1)];
        if (values.has(flag)) {
            throw new ScanError("repeated", { ai: flag, value: values.get(flag), other: value });
        }
        if (flag && "MPEV".includes(flag)) {
            if (value.length !== 6 || value.endsWith("00")) {
                throw new ScanError("bad_date", { value });
            }
            days[flag] = resolveDate(value, today);
        } else if (flag === "C") {
            if (!/^[0-9A-Za-z]{1,2}$/.test(value)) {
                throw new ScanError("ma_part", { value: text, part: piece });
            }
        } else if (!flag || !"SLD".includes(flag) || !TEXT.test(value)) {
            throw new ScanError("ma_part", { value: text, part: piece });
        }
        values.set(flag, value);
        elements.push([flag, value]);
    }
    if (days.M && days.P && days.M !== days.P) {
        throw new ScanError("repeated", { ai: "M", value: days.M, other: days.P });
    }
    return makeScan({
        scheme: "ma",
        raw,
        elements,
        di: found[0],
        agency: "MA",
        lot: values.get("L") ?? null,
        serial: values.get("S") ?? null,
        expiry: [days.E, days.V].filter(Boolean).sort()[0] ?? null,
        production_date: days.M ?? days.P ?? null,
        symbology,
    });
}
