/** GS1 Digital Link, uncompressed: the steps of med_master_data/lib/digital_link.py. */
import { ScanError, grammar, isDigits } from "./grammar";
import { fromElements } from "./gs1";

const KEYS = {
    "00": "",
    "01": "22,10,21|235",
    253: "",
    255: "",
    401: "",
    402: "",
    414: "254|7040",
    415: "8020",
    417: "7040",
    8003: "",
    8004: "7040",
    8006: "22,10,21",
    8010: "8011",
    8013: "",
    8017: "8019",
    8018: "8019",
};
const QUALIFIERS = Object.fromEntries(
    Object.entries(KEYS).map(([key, text]) => [
        key,
        text.split("|").map((order) => order.split(",").filter(Boolean)),
    ])
);
const NOT_ATTRIBUTES = new Set(
    "03 21 22 235 254 7040 7041 8011 8014 8019 8020 8040 8041 8042 8043 8200".split(" ")
);
const NAMES = {
    gtin: "01",
    itip: "8006",
    gmn: "8013",
    cpid: "8010",
    gln: "414",
    payto: "415",
    gsrnp: "8017",
    gsrn: "8018",
    gcn: "255",
    sscc: "00",
    gdti: "253",
    ginc: "401",
    gsin: "402",
    grai: "8003",
    giai: "8004",
    cpv: "22",
    lot: "10",
    ser: "21",
    glnx: "254",
    refno: "8020",
    srin: "8019",
    cpsn: "8011",
};
const URI = /^[hH][tT][tT][pP][sS]?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/s;
const DOMAIN = /^(?:[A-Za-z0-9._~-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?)$/;
const ALLOWED = /^[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]*$/;
const nameOf = (text) => (Object.hasOwn(NAMES, text) ? NAMES[text] : text);

export function isUri(text) {
    const start = text.slice(0, 8).toLowerCase();
    return start.startsWith("http://") || start.startsWith("https://");
}

export function parseDigitalLink(text, today, raw = text, symbology = null) {
    const found = URI.exec(text);
    if (
        !found ||
        !DOMAIN.test(found[1]) ||
        !ALLOWED.test(text) ||
        /%(?![0-9A-Fa-f]{2})/.test(text)
    ) {
        throw new ScanError("dl_uri", { value: text.slice(0, 80) });
    }
    const segments = (found[2] || "").split("/").slice(1);
    const path = pathOf(segments);
    if (!path) {
        const last = segments.at(-1) ?? "";
        if (/^[A-Za-z0-9_-]{12,}$/.test(last) && !isDigits(last)) {
            throw new ScanError("dl_compressed", { value: text.slice(0, 80) });
        }
        throw new ScanError("dl_no_key", { value: text.slice(0, 80) });
    }
    const elements = path.map(([ai, value]) => [ai, valueOf(ai, value, false)]);
    const inPath = new Set(path.map(([ai]) => ai));
    const qualifiers = new Set(QUALIFIERS[path[0][0]].flat());
    for (const item of (found[3] || "").split(/[&;]/).filter(Boolean)) {
        const equals = item.indexOf("=");
        const name = equals < 0 ? item : item.slice(0, equals);
        if (equals < 0 || !isDigits(name)) {
            continue;
        }
        if (
            !grammar.ais.has(name) ||
            NOT_ATTRIBUTES.has(name) ||
            inPath.has(name) ||
            qualifiers.has(name)
        ) {
            throw new ScanError("dl_attribute", { ai: name, value: text.slice(0, 80) });
        }
        elements.push([name, valueOf(name, item.slice(equals + 1), true)]);
    }
    const read = fromElements(elements, today, "digital_link", raw, symbology);
    const isShort = elements.some(
        ([ai, value]) =>
            ["01", "02"].includes(ai) && !text.includes(`/${value}`) && !text.includes(`=${value}`)
    );
    return isShort ? { ...read, notes: [{ code: "dl_zeros", params: {} }] } : read;
}

function pathOf(segments) {
    for (let start = segments.length - 2; start >= 0; start -= 2) {
        const key = nameOf(segments[start]);
        if (!Object.hasOwn(KEYS, key)) {
            continue;
        }
        const names = segments
            .filter((_s, i) => i >= start + 2 && (i - start) % 2 === 0)
            .map(nameOf);
        if (QUALIFIERS[key].some((order) => inOrder(names, order))) {
            const values = segments.filter((_s, i) => i > start && (i - start) % 2 === 1);
            return [key, ...names].map((ai, index) => [ai, values[index]]);
        }
    }
    return null;
}

function inOrder(names, order) {
    let position = 0;
    for (const name of names) {
        const found = order.indexOf(name, position);
        if (found < 0) {
            return false;
        }
        position = found + 1;
    }
    return true;
}

export function decodePercent(text) {
    return text.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex) =>
        String.fromCharCode(parseInt(hex, 16))
    );
}

function valueOf(ai, text, query) {
    if (query && text.includes("+")) {
        throw new ScanError("bad_character", { ai, value: text, character: "+" });
    }
    let value = decodePercent(text);

    if (!/^[\x01-\x7f]*$/.test(value)) {
        throw new ScanError("bad_character", { ai, value: text, character: "%" });
    }
    if (["01", "02"].includes(ai) && [8, 12, 13].includes(value.length) && isDigits(value)) {
        value = value.padStart(14, "0");
    }
    if (!value) {
        throw new ScanError("empty_value", { ai });
    }
    return value;
}
