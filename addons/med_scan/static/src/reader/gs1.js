/** GS1 element strings: the steps of med_master_data/lib/gs1.py, by the same table. */
import { resolveDate } from "./dates";
import { ScanError, grammar, isDigits, makeScan } from "./grammar";
import { RULES, checkDigit, hasCheckDigit, normaliseGtin } from "./rules";

export const FNC1 = "\x1d";
const GLUED_DATES = ["11", "13", "15", "16", "17"];
const GLUED_KEYS = ["00", "01", "02"];
const GLUED_TEXTS = ["10", "21"];

function matches(pattern, ai) {
    return pattern.length === ai.length && [...pattern].every((p, i) => p === "n" || p === ai[i]);
}

function checkValue(spec, value) {
    if (!value) {
        throw new ScanError("empty_value", { ai: spec.ai });
    }
    let position = 0;
    for (const part of spec.parts) {
        const rest = value.length - position;
        if (!rest && part.optional) {
            break;
        }
        if (rest < part.minimum) {
            throw new ScanError("too_short", { ai: spec.ai, value });
        }
        const piece = value.slice(position, position + part.maximum);
        for (const character of piece) {
            if (!grammar.characters[part.kind].has(character)) {
                throw new ScanError("bad_character", { ai: spec.ai, value, character });
            }
        }
        for (const rule of part.rules) {
            const code = RULES[rule](piece);
            if (code === "check_digit") {
                const expected = String(checkDigit(piece.slice(0, -1)));
                throw new ScanError(code, { ai: spec.ai, value, expected });
            }
            if (code) {
                throw new ScanError(code, { ai: spec.ai, value });
            }
        }
        position += piece.length;
    }
    if (position < value.length) {
        throw new ScanError("too_long", { ai: spec.ai, value, length: String(spec.maximum) });
    }
}

function findSpec(text, start) {
    const length = grammar.lengths.get(text.slice(start, start + 2));
    const spec = length && grammar.ais.get(text.slice(start, start + length));
    if (!spec) {
        throw new ScanError("unknown_ai", {
            text: text.slice(start, start + 4),
            position: String(start + 1),
        });
    }
    return spec;
}

function split(text) {
    const elements = [];
    let position = 0;
    let openEnd = false;
    while (position < text.length) {
        if (text[position] === FNC1) {
            position += 1;
            continue;
        }
        const spec = findSpec(text, position);
        const start = position + spec.ai.length;
        const stop = text.indexOf(FNC1, start);
        openEnd = stop < 0;
        let end = openEnd ? text.length : stop;
        if (spec.fixed) {
            end = Math.min(end, start + spec.maximum);
            openEnd = false;
        }
        const value = text.slice(start, end);
        checkValue(spec, value);
        elements.push([spec.ai, value]);
        position = end;
    }
    return [elements, openEnd];
}

const trimBlanks = (text) => text.replace(/^ +| +$/g, "");

function splitBracketed(text) {
    const pieces = text.replaceAll("\\(", "\x00").split(/\(([0-9]{2,4})\)/);
    if (trimBlanks(pieces[0]) || pieces.length < 3) {
        throw new ScanError("bad_brackets", { value: text });
    }
    const elements = [];
    for (let i = 1; i < pieces.length; i += 2) {
        const ai = pieces[i];
        let value = trimBlanks(pieces[i + 1]);
        if (value.includes("(") || value.includes(FNC1)) {
            throw new ScanError("bad_brackets", { value: text });
        }
        const spec = grammar.ais.get(ai);
        if (!spec) {
            throw new ScanError("unknown_ai", {
                text: ai,
                position: String(text.indexOf(`(${ai})`) + 1),
            });
        }
        value = value.replaceAll("\x00", "(");
        checkValue(spec, value);
        elements.push([ai, value]);
    }
    return elements;
}

function withoutRepeats(elements) {
    const seen = new Map();
    for (const [ai, value] of elements) {
        if (!seen.has(ai)) {
            seen.set(ai, value);
        } else if (seen.get(ai) !== value) {
            throw new ScanError("repeated", { ai, value: seen.get(ai), other: value });
        }
    }
    return [...seen];
}

function checkExclusions(ais) {
    for (const ai of ais) {
        for (const pattern of grammar.ais.get(ai).excludes) {
            const other = ais.find((one) => one !== ai && matches(pattern, one));
            if (other) {
                throw new ScanError("excluded", { ai, other });
            }
        }
    }
}

function unmetNeeds(elements) {
    const ais = elements.map(([ai]) => ai);
    const present = (pattern) => ais.some((ai) => matches(pattern, ai));
    const problems = [];
    for (const ai of ais) {
        for (const group of grammar.ais.get(ai).needs) {
            if (!group.some((choice) => choice.every(present))) {
                const needs = group.map((choice) => choice.join("+")).join(" / ");
                problems.push({ code: "needs", params: { ai, needs } });
            }
        }
    }
    if (present("8030")) {
        for (const [ai, value] of elements) {
            if (
                (["253", "255"].includes(ai) && value.length === 13) ||
                (ai === "8003" && value.length === 14)
            ) {
                problems.push({ code: "needs_serial", params: { ai } });
            }
        }
    }
    return problems;
}

function looksLikeElements(text, present, evidence = false) {
    const ai = text.slice(0, 2);
    if (present.has(ai)) {
        return false;
    }
    if (GLUED_DATES.includes(ai) && text.length >= 8 && isDigits(text.slice(2, 8))) {
        const rest = text.slice(8);
        if (RULES.day0(text.slice(2, 8)) === null) {
            return !rest || looksLikeElements(rest, new Set([...present, ai]), true);
        }
        return false;
    }
    if (GLUED_KEYS.includes(ai)) {
        const size = ai === "00" ? 20 : 16;
        if (text.length >= size && hasCheckDigit(text.slice(2, size))) {
            return (
                text.length === size ||
                looksLikeElements(text.slice(size), new Set([...present, ai]), true)
            );
        }
        return false;
    }
    return GLUED_TEXTS.includes(ai) && text.length >= (evidence ? 3 : 6);
}

function ambiguous(ai, value, cut) {
    return {
        code: "ambiguous",
        params: { ai, value, shorter: value.slice(0, cut), rest: value.slice(cut) },
    };
}

function ambiguity(elements) {
    const [ai, value] = elements.at(-1);
    if (!GLUED_TEXTS.includes(ai)) {
        return null;
    }
    const present = new Set(elements.map(([code]) => code));
    for (let cut = 1; cut < value.length - 3; cut++) {
        if (looksLikeElements(value.slice(cut), present)) {
            return ambiguous(ai, value, cut);
        }
    }
    return null;
}

function overlong(text, error) {
    const { ai = "", value = "" } = error.params;
    if (error.code !== "too_long" || !GLUED_TEXTS.includes(ai) || !text.endsWith(ai + value)) {
        return null;
    }
    const [before] = split(text.slice(0, text.length - (ai + value).length));
    const present = new Set([...before.map(([code]) => code), ai]);
    for (let cut = 1; cut <= grammar.ais.get(ai).maximum; cut++) {
        if (looksLikeElements(value.slice(cut), present)) {
            return [before, ambiguous(ai, value, cut)];
        }
    }
    return null;
}

function interpret(elements, raw, today, symbology, problems) {
    const values = new Map(elements);
    checkExclusions([...values.keys()]);
    const day = (...codes) => {
        const code = codes.find((one) => values.has(one));
        return code ? resolveDate(values.get(code).slice(0, 6), today) : null;
    };
    for (const [ai, value] of elements) {
        if (grammar.ais.get(ai).parts[0].rules.includes("day0")) {
            resolveDate(value.slice(0, 6), today);
        }
    }
    const get = (ai) => values.get(ai) ?? null;
    return makeScan({
        scheme: "gs1",
        raw,
        elements,
        gtin: get("01"),
        di: get("01"),
        quantity: values.has("30") ? Number(values.get("30")) : null,
        lot: get("10"),
        serial: get("21"),
        expiry: day("17", "7003"),
        production_date: day("11"),
        sscc: get("00"),
        content_gtin: get("02"),
        count: values.has("37") ? Number(values.get("37")) : null,
        symbology,
        problems: [...unmetNeeds(elements), ...problems],
    });
}

export function parseElementString(text, today, raw = text, symbology = null) {
    const problems = [];
    let elements;
    if (text.startsWith("(")) {
        elements = splitBracketed(text);
    } else {
        let doubt = null;
        try {
            let openEnd;
            [elements, openEnd] = split(text);
            doubt = elements.length && openEnd ? ambiguity(elements) : null;
        } catch (error) {
            const glued = error instanceof ScanError && overlong(text, error);
            if (!glued || !glued[0].length) {
                throw error;
            }
            [elements, doubt] = glued;
        }
        if (doubt) {
            problems.push(doubt);
        }
    }
    if (!elements.length) {
        throw new ScanError("empty");
    }
    return interpret(withoutRepeats(elements), raw, today, symbology, problems);
}

export function fromElements(elements, today, scheme, raw, symbology = null) {
    elements.forEach(([ai, value], index) => {
        const spec = grammar.ais.get(ai);
        if (!spec) {
            throw new ScanError("unknown_ai", { text: ai, position: String(index + 1) });
        }
        checkValue(spec, value);
    });
    if (!elements.length) {
        throw new ScanError("empty");
    }
    return { ...interpret(withoutRepeats(elements), raw, today, symbology, []), scheme };
}

/** Every way to read a label whose separator is lost, as scanned first. */
export function readings(scan, today) {
    const doubt = scan.problems.find((problem) => problem.code === "ambiguous");
    if (!doubt) {
        return [scan];
    }
    const rest = scan.problems.filter((problem) => problem !== doubt);
    const { ai, value } = doubt.params;
    const before = scan.elements.filter(([code, text]) => code !== ai || text !== value);
    const present = new Set([...before.map(([code]) => code), ai]);
    const found = before.length < scan.elements.length ? [{ ...scan, problems: rest }] : [];
    const last = Math.min(value.length - 3, grammar.ais.get(ai).maximum + 1);
    for (let cut = 1; cut < last; cut++) {
        if (!looksLikeElements(value.slice(cut), present)) {
            continue;
        }
        try {
            const [behind] = split(value.slice(cut));
            const elements = withoutRepeats([...before, [ai, value.slice(0, cut)], ...behind]);
            found.push({
                ...interpret(elements, scan.raw, today, scan.symbology, []),
                scheme: scan.scheme,
            });
        } catch (error) {
            if (!(error instanceof ScanError)) {
                throw error;
            }
        }
    }
    return found;
}

export function bareGtin(digits, raw = digits, symbology = null) {
    const gtin = normaliseGtin(digits);
    return makeScan({ scheme: "gtin", raw, elements: [["01", gtin]], gtin, di: gtin, symbology });
}

export function combineGs1(scans, today) {
    const elements = withoutRepeats(scans.flatMap((scan) => scan.elements));
    const kept = scans.flatMap((scan) =>
        scan.problems.filter((problem) => problem.code === "ambiguous")
    );
    const combined = interpret(
        elements,
        scans.map((scan) => scan.raw).join("\n"),
        today,
        null,
        kept
    );
    return { ...combined, symbology: scans[0].symbology };
}

export function toText(elements) {
    return elements.map(([ai, value]) => `(${ai})${value.replaceAll("(", "\\(")}`).join("");
}
