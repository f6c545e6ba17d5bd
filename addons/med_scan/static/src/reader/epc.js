/** EPC of RFID tags, hex and URI: the steps of med_master_data/lib/epc.py. */
import { decodePercent } from "./digital_link";
import { ScanError, grammar, isDigits } from "./grammar";
import { fromElements } from "./gs1";
import { checkDigit } from "./rules";

const PREFIX_BITS = [40, 37, 34, 30, 27, 24, 20];
const KINDS = {
    sgtin: [13, [4, 7, 10, 14, 17, 20, 24]],
    sscc: [17, [18, 21, 24, 28, 31, 34, 38]],
    sgln: [12, [1, 4, 7, 11, 14, 17, 21]],
    grai: [12, [4, 7, 10, 14, 17, 20, 24]],
    giai: [null, []],
};
const LONGEST_SERIAL = { sgtin: 20, sgln: 20, grai: 16 };
const ESCAPED = new Set('"%&/<>?#');

const byName = (name) => Object.values(grammar.epc).find((row) => row[0] === name);
const memory = (row) => Math.ceil(row[2] / 16) * 16;
const value80 = (text) => ({ value: text.slice(0, 80) });

function makeTag(kind, prefix, reference, serial = "") {
    const [digits] = KINDS[kind];
    if (!isDigits(prefix) || prefix.length < 6 || prefix.length > 12) {
        throw new ScanError("epc_prefix", { value: prefix });
    }
    if (digits === null) {
        if (!reference || prefix.length + reference.length > 30) {
            throw new ScanError("epc_length", { value: prefix + reference });
        }
        checkText(reference);
        return { kind, prefix, reference, serial };
    }
    if (prefix.length + reference.length !== digits || (reference && !isDigits(reference))) {
        throw new ScanError("epc_length", { value: `${prefix}.${reference}` });
    }
    if (kind !== "sscc") {
        if (serial.length < 1 || serial.length > LONGEST_SERIAL[kind]) {
            throw new ScanError("epc_serial", { value: serial });
        }
        checkText(serial);
    }
    return { kind, prefix, reference, serial };
}

function checkText(text) {
    for (const character of text) {
        if (!grammar.characters.x.has(character)) {
            throw new ScanError("epc_character", { value: text, character });
        }
    }
}

const escapeText = (text) =>
    [...text]
        .map((c) =>
            ESCAPED.has(c) ? `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}` : c
        )
        .join("");

function unescapeText(text) {
    const value = decodePercent(text);

    if (!/^[\x00-\x7f]*$/.test(value) || escapeText(value).toUpperCase() !== text.toUpperCase()) {
        throw new ScanError("epc_uri", value80(text));
    }
    return value;
}

function uriOf(tag) {
    let body = `${tag.prefix}.${tag.kind === "giai" ? escapeText(tag.reference) : tag.reference}`;
    if (tag.kind !== "giai" && tag.kind !== "sscc") {
        body += `.${escapeText(tag.serial)}`;
    }
    return `urn:epc:id:${tag.kind}:${body}`;
}

function fromUri(text) {
    const wrong = new ScanError("epc_uri", value80(text));
    const found = /^urn:epc:(id|tag):([a-z]+(?:-[0-9]+)?):(.*)$/.exec(text);
    if (!found) {
        throw wrong;
    }
    const form = found[1];
    let [, , kind, body] = found;
    let coding = null;
    if (form === "tag") {
        coding = byName(kind);
        if (!coding) {
            throw wrong;
        }
        kind = coding[1];
        const dot = body.indexOf(".");
        const filter = dot < 0 ? body : body.slice(0, dot);
        body = dot < 0 ? "" : body.slice(dot + 1);
        if (!/^[0-7]$/.test(filter)) {
            throw wrong;
        }
    }
    if (!Object.hasOwn(KINDS, kind)) {
        throw wrong;
    }
    const count = kind === "giai" || kind === "sscc" ? 2 : 3;
    const parts = body.split(".");
    if (parts.length > count) {
        parts.splice(count - 1, parts.length, parts.slice(count - 1).join("."));
    }
    if (parts.length !== count) {
        throw wrong;
    }
    const reference = kind === "giai" ? unescapeText(parts[1]) : parts[1];
    const tag = makeTag(kind, parts[0], reference, count === 3 ? unescapeText(parts[2]) : "");
    if (coding) {
        checkFits(tag, coding);
    }
    return tag;
}

/** A tag URI that no tag can hold is no tag URI. */
function checkFits(tag, [, kind, , serialBits, isText]) {
    const partition = 12 - tag.prefix.length;
    const refuse = (value) => {
        throw new ScanError("epc_does_not_fit", { value, uri: uriOf(tag) });
    };
    const field = (text, size) => {
        if (isText) {
            return text.length * 7 <= size || refuse(text);
        }
        const fits = /^(?:0|[1-9][0-9]*)$/.test(text) && BigInt(text).toString(2).length <= size;
        return fits || refuse(text);
    };
    if (kind === "giai") {
        field(tag.reference, (isText ? 188 : 82) - PREFIX_BITS[partition]);
    } else if (serialBits) {
        field(tag.serial, serialBits);
    }
}

export function isHex(text) {
    if (text.length < 24 || !/^[0-9A-Fa-f]+$/.test(text)) {
        return false;
    }
    const row = grammar.epc[parseInt(text.slice(0, 2), 16)];
    return Boolean(row) && text.length * 4 === memory(row);
}

const number = (bits) => (bits ? BigInt(`0b${bits}`) : 0n);

function fromHex(text) {
    const wrong = new ScanError("epc_hex", value80(text));
    if (!isHex(text)) {
        throw wrong;
    }
    const [, kind, , serialBits, isText] = grammar.epc[parseInt(text.slice(0, 2), 16)];
    const bits = [...text].map((c) => parseInt(c, 16).toString(2).padStart(4, "0")).join("");
    const partition = parseInt(bits.slice(11, 14), 2);
    if (partition > 6) {
        throw wrong;
    }
    const position = 14 + PREFIX_BITS[partition];
    const prefixDigits = 12 - partition;
    const prefix = number(bits.slice(14, position)).toString().padStart(prefixDigits, "0");
    const [keyDigits, referenceBits] = KINDS[kind];
    const size =
        keyDigits === null
            ? (isText ? 188 : 82) - PREFIX_BITS[partition]
            : referenceBits[partition];
    const rawReference = bits.slice(position, position + size);
    let rest = bits.slice(position + size);
    let reference;
    let serial = "";
    if (keyDigits === null) {
        reference = isText ? textOf(rawReference, wrong) : number(rawReference).toString();
    } else {
        const digits = keyDigits - prefixDigits;
        reference = digits ? number(rawReference).toString().padStart(digits, "0") : "";
        if (!digits && rawReference.includes("1")) {
            throw wrong;
        }
        const rawSerial = rest.slice(0, serialBits);
        rest = rest.slice(serialBits);
        if (serialBits) {
            serial = isText ? textOf(rawSerial, wrong) : number(rawSerial).toString();
        }
    }
    if (rest.includes("1") || prefix.length !== prefixDigits) {
        throw wrong;
    }
    return makeTag(kind, prefix, reference, serial);
}

function textOf(bits, wrong) {
    const codes = [];
    for (let i = 0; i + 7 <= bits.length; i += 7) {
        codes.push(parseInt(bits.slice(i, i + 7), 2));
    }
    const zero = codes.indexOf(0);
    const end = zero < 0 ? codes.length : zero;
    if (codes.slice(end).some(Boolean) || bits.slice(codes.length * 7).includes("1") || !end) {
        throw wrong;
    }
    return String.fromCharCode(...codes.slice(0, end));
}

function elementsOf({ kind, prefix, reference, serial }) {
    if (kind === "giai") {
        return [["8004", prefix + reference]];
    }
    const body =
        kind === "sgtin" || kind === "sscc"
            ? reference.slice(0, 1) + prefix + reference.slice(1)
            : prefix + reference;
    const key = body + String(checkDigit(body));
    return {
        sgtin: [
            ["01", key],
            ["21", serial],
        ],
        sscc: [["00", key]],
        grai: [["8003", `0${key}${serial}`]],
        sgln:
            serial === "0"
                ? [["414", key]]
                : [
                      ["414", key],
                      ["254", serial],
                  ],
    }[kind];
}

export function parseEpc(text, today, raw = text, symbology = null) {
    const tag = text.startsWith("urn:") ? fromUri(text) : fromHex(text);
    return fromElements(elementsOf(tag), today, "epc", raw, symbology);
}
