/** ISBT 128: the steps of med_master_data/lib/isbt128.py. */
import { dayOfYear } from "./dates";
import { ScanError, grammar, isDigits, makeScan } from "./grammar";

const isAllowed = (character) => character !== "*" && grammar.isbt_characters.includes(character);

function checkCharacter(donation) {
    let total = 0;
    for (const character of donation) {
        total = (total + grammar.isbt_characters.indexOf(character)) * 2;
    }
    return (38 - (total % 37)) % 37;
}

export function parseIsbt(text, raw = text, symbology = null) {
    const elements = [];
    let position = 0;
    while (position < text.length) {
        const [code, size] = structure(text, position);
        const start = position + code.length;
        const value = text.slice(start, start + size);
        if (value.length < size) {
            throw new ScanError("isbt_short", { value: text, structure: code });
        }
        check(code, value);
        elements.push([code, value]);
        position = start + size;
    }
    return interpret(elements, raw, symbology);
}

function structure(text, position) {
    for (const length of [3, 2]) {
        const code = text.slice(position, position + length);
        if (Object.hasOwn(grammar.isbt, code)) {
            return [code, grammar.isbt[code]];
        }
    }
    const next = text.slice(position + 1, position + 2);
    if (text[position] === "=" && next && isAllowed(next)) {
        return ["=", 15];
    }
    throw new ScanError("isbt_structure", {
        value: text.slice(position, position + 3),
        position: String(position + 1),
    });
}

function check(code, value) {
    for (const character of value) {
        if (!isAllowed(character)) {
            throw new ScanError("isbt_character", { value, character });
        }
    }
    if (code !== "=") {
        return;
    }
    const [number, flags] = [value.slice(0, 13), value.slice(13)];
    if (!isDigits(number.slice(5, 7)) || !isDigits(number.slice(7))) {
        throw new ScanError("isbt_donation", { value: number });
    }
    if (isDigits(flags) && Number(flags) >= 60 && Number(flags) <= 96) {
        const expected = 60 + checkCharacter(number);
        if (Number(flags) !== expected) {
            throw new ScanError("isbt_check", { value, expected: String(expected) });
        }
    }
}

function dayOf(text) {
    if (!isDigits(text)) {
        throw new ScanError("bad_date", { value: text });
    }
    const century = Number(text[0]);
    const year = (century === 9 ? 1000 : 2000) + century * 100 + Number(text.slice(1, 3));
    return dayOfYear(year, Number(text.slice(3)), text);
}

function interpret(elements, raw, symbology) {
    const values = new Map();
    for (const [code, value] of elements) {
        if (values.has(code) && values.get(code) !== value) {
            throw new ScanError("repeated", { ai: code, value: values.get(code), other: value });
        }
        values.set(code, value);
    }
    if (!values.size) {
        throw new ScanError("empty");
    }
    const moment = values.get("&>");
    if (moment !== undefined) {
        const [hour, minute] = [moment.slice(6, 8), moment.slice(8)];
        if (!isDigits(hour + minute) || Number(hour) > 23 || Number(minute) > 59) {
            throw new ScanError("bad_date", { value: moment });
        }
    }
    const expiry = values.get("=>") || (moment ?? "").slice(0, 6);
    return makeScan({
        scheme: "isbt128",
        raw,
        elements: [...values],
        di: values.get("=/") ?? values.get("=)") ?? null,
        agency: "ICCBBA",
        lot: values.get("&,1") ?? values.get("&)") ?? null,
        serial: values.get("=,") ?? null,
        expiry: expiry ? dayOf(expiry) : null,
        production_date: values.has("=}") ? dayOf(values.get("=}")) : null,
        symbology,
    });
}

export function combineIsbt(scans) {
    const elements = scans.flatMap((scan) => scan.elements);
    return interpret(elements, scans.map((scan) => scan.raw).join("\n"), scans[0].symbology);
}
