/** HIBC supplier labels: the steps of med_master_data/lib/hibc.py. */
import { dayOfYear, daysIn, iso, resolveDate, resolveYear } from "./dates";
import { ScanError, grammar, isDigits, makeScan } from "./grammar";

const PRIMARY = /^([A-Z][0-9A-Z]{3})([0-9A-Z]{1,18})([0-9])$/;
const DATE_LENGTHS = { 0: 4, 1: 4, 2: 6, 3: 6, 4: 8, 5: 5, 6: 7, 7: 0 };
const LONGEST_LOT = 18;
const LONGEST_SERIAL = 25;
const FACTS = ["lot", "serial", "expiry", "production_date", "quantity"];

export function checkCharacter(body) {
    let total = 0;
    for (const character of body) {
        const value = grammar.hibc.indexOf(character);
        if (value < 0) {
            throw new ScanError("hibc_character", { value: body, character });
        }
        total += value;
    }
    return grammar.hibc[total % 43];
}

export function parseHibc(text, today, raw = text, symbology = null) {
    if (text.length < 3 || text[0] !== "+") {
        throw new ScanError("hibc_short", { value: text });
    }
    const expected = checkCharacter(text.slice(0, -1));
    const pieces = expected === text.at(-1) ? [text] : glued(text);
    if (!pieces.length) {
        throw new ScanError("hibc_check", { value: text, expected });
    }
    if (pieces.length === 1) {
        return parseOne(text, today, raw, symbology);
    }
    const joined = combineHibc(pieces.map((piece) => parseOne(piece, today, piece, symbology)));
    const note = { code: "hibc_glued", params: { count: String(pieces.length) } };
    return { ...joined, raw, symbology, notes: [note, ...joined.notes] };
}

function glued(text) {
    const starts = [0];
    for (let i = 3; i < text.length - 2; i++) {
        if (text[i] === "+" && text[i - 1] !== "$") {
            starts.push(i);
        }
    }
    if (starts.length < 2) {
        return [];
    }
    const cuts = [...starts, text.length];
    const pieces = starts.map((start, index) => text.slice(start, cuts[index + 1]));
    if (!pieces.every((piece) => checkCharacter(piece.slice(0, -1)) === piece.at(-1))) {
        return [];
    }
    return PRIMARY.test(pieces[0].slice(1, -1)) ? pieces : [];
}

function parseOne(text, today, raw, symbology) {
    const body = text.slice(1, -1);
    const isSupplement = body[0] === "S" && !PRIMARY.test(body.split("/")[0]);
    if (/^[A-Z]/.test(body) && !isSupplement) {
        const [primary, ...segments] = body.split("/");
        const found = PRIMARY.exec(primary);
        if (!found) {
            throw new ScanError("hibc_primary", { value: text });
        }
        const [facts, elements] = readSegments(segments, today);
        return makeScan({
            scheme: "hibc",
            raw,
            elements: [["LIC", found[1]], ["PCN", found[2]], ["UOM", found[3]], ...elements],
            di: primary,
            agency: "HIBCC",
            link: segments.length ? null : text.at(-1),
            symbology,
            ...facts,
        });
    }
    if (body.length < 2) {
        throw new ScanError("hibc_short", { value: text });
    }
    const [facts, elements] = readSegments(body.slice(0, -1).split("/"), today);
    return makeScan({
        scheme: "hibc",
        raw,
        elements,
        agency: "HIBCC",
        link: body.at(-1),
        symbology,
        problems: [{ code: "hibc_secondary", params: {} }],
        ...facts,
    });
}

function readSegments(segments, today) {
    const facts = {};
    const found = [];
    for (const segment of segments) {
        const [flag, told] = readSegment(segment, today);
        found.push([flag, segment.slice(flag.length)]);
        for (const name of FACTS) {
            const value = told[name] ?? null;
            if (value === null) {
                continue;
            }
            if ((facts[name] ?? null) !== null && facts[name] !== value) {
                throw new ScanError("repeated", {
                    ai: flag,
                    value: String(facts[name]),
                    other: String(value),
                });
            }
            facts[name] = value;
        }
    }
    return [facts, found];
}

function readSegment(segment, today) {
    const lotOf = (rest, longest = LONGEST_LOT) => textOf(rest, segment, longest);
    if (segment.startsWith("$$+")) {
        const [expiry, rest] = dated(segment.slice(3), segment, today);
        return ["$$+", { expiry, serial: lotOf(rest, LONGEST_SERIAL) }];
    }
    if (segment.startsWith("$$")) {
        const [quantity, rest] = quantityOf(segment.slice(2), segment);
        if (quantity !== null && !rest) {
            return ["$$", { quantity }];
        }
        const [expiry, behind] = dated(rest, segment, today);
        return ["$$", { quantity, expiry, lot: lotOf(behind) }];
    }
    if (segment.startsWith("$+")) {
        return ["$+", { serial: lotOf(segment.slice(2), LONGEST_SERIAL) }];
    }
    if (segment.startsWith("$")) {
        return ["$", { lot: lotOf(segment.slice(1)) }];
    }
    if (segment.startsWith("S")) {
        return ["S", { serial: lotOf(segment.slice(1), LONGEST_SERIAL) }];
    }
    if (segment.startsWith("16D")) {
        return ["16D", { production_date: fullDay(segment.slice(3), segment) }];
    }
    if (segment.startsWith("14D")) {
        return ["14D", { expiry: fullDay(segment.slice(3), segment) }];
    }
    if (/^Q[0-9]{1,5}$/.test(segment)) {
        return ["Q", { quantity: Number(segment.slice(1)) }];
    }
    if (segment.length >= 5 && isDigits(segment.slice(0, 5))) {
        return ["", { expiry: julian(segment.slice(0, 5), today), lot: lotOf(segment.slice(5)) }];
    }
    throw new ScanError("hibc_segment", { value: segment });
}

function quantityOf(text, segment) {
    const size = { 8: 2, 9: 5 }[text[0]];
    if (!size) {
        return [null, text];
    }
    const digits = text.slice(1, 1 + size);
    if (digits.length < size || !isDigits(digits)) {
        throw new ScanError("hibc_segment", { value: segment });
    }
    return [Number(digits), text.slice(1 + size)];
}

function dated(text, segment, today) {
    const flag = text.slice(0, 1);
    const size = DATE_LENGTHS[flag];
    if (size === undefined) {
        throw new ScanError("hibc_segment", { value: segment });
    }
    const monthOnly = flag === "0" || flag === "1";
    const digits = monthOnly ? text.slice(0, 4) : text.slice(1, 1 + size);
    const rest = monthOnly ? text.slice(4) : text.slice(1 + size);
    if (digits.length < size || (digits && !isDigits(digits))) {
        throw new ScanError("bad_date", { value: digits });
    }
    if (flag === "7") {
        return [null, rest];
    }
    if (monthOnly) {
        return [resolveDate(`${digits.slice(2)}${digits.slice(0, 2)}00`, today), rest];
    }
    if (flag === "5" || flag === "6") {
        hour(digits.slice(5));
        return [julian(digits.slice(0, 5), today), rest];
    }
    const yymmdd = flag === "2" ? digits.slice(4) + digits.slice(0, 4) : digits.slice(0, 6);
    hour(digits.slice(6));
    if (yymmdd.endsWith("00")) {
        throw new ScanError("bad_date", { value: digits });
    }
    return [resolveDate(yymmdd, today), rest];
}

function hour(text) {
    if (text && Number(text) > 23) {
        throw new ScanError("bad_date", { value: text });
    }
}

function julian(text, today) {
    return dayOfYear(resolveYear(Number(text.slice(0, 2)), today), Number(text.slice(2)), text);
}

function fullDay(text, segment) {
    if (text.length === 6 && isDigits(text)) {
        throw new ScanError("hibc_segment", { value: segment });
    }
    const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6)].map(Number);
    const isDay = text.length === 8 && isDigits(text) && year >= 1 && month >= 1 && month <= 12;
    if (!isDay || day < 1 || day > daysIn(year, month)) {
        throw new ScanError("bad_date", { value: text });
    }
    return iso(year, month, day);
}

function textOf(text, segment, longest) {
    if (text.length > longest) {
        throw new ScanError("hibc_segment", { value: segment });
    }
    return text || null;
}

export function combineHibc(scans) {
    const unique = [...new Map(scans.map((scan) => [scan.raw, scan])).values()];
    const primaries = unique.filter((scan) => scan.di);
    const dis = [...new Set(primaries.map((scan) => scan.di))];
    if (dis.length > 1) {
        const values = dis.sort();
        throw new ScanError("repeated", { ai: "DI", value: values[0], other: values[1] });
    }
    const links = [...new Set(unique.map((scan) => scan.link).filter(Boolean))];
    if (links.length > 1) {
        throw new ScanError("hibc_link", { links: links.sort().join(" ") });
    }
    const facts = {};
    const elements = [];
    const ordered = [...unique.filter((scan) => scan.di), ...unique.filter((scan) => !scan.di)];
    for (const scan of ordered) {
        for (const [flag, value] of scan.elements) {
            if (!elements.some(([f, v]) => f === flag && v === value)) {
                elements.push([flag, value]);
            }
        }
        for (const name of FACTS) {
            if (scan[name] === null) {
                continue;
            }
            facts[name] ??= scan[name];
            if (facts[name] !== scan[name]) {
                throw new ScanError("repeated", {
                    ai: name,
                    value: String(facts[name]),
                    other: String(scan[name]),
                });
            }
        }
    }
    const first = primaries[0] ?? unique[0];
    return {
        ...first,
        raw: unique.map((scan) => scan.raw).join("\n"),
        elements,
        problems: primaries.length ? [] : first.problems,
        link: links[0] ?? null,
        ...facts,
    };
}
