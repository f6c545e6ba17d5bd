/** Content rules of GS1 element data: a code when the text breaks the rule, else null. */
import { daysIn } from "./dates";
import { ScanError, grammar, isDigits } from "./grammar";

export function checkDigit(body) {
    if (!isDigits(body)) {
        throw new ScanError("not_numeric", { value: body });
    }
    let total = 0;
    for (let index = 0; index < body.length; index++) {
        total += Number(body[body.length - 1 - index]) * (index % 2 ? 1 : 3);
    }
    return (10 - (total % 10)) % 10;
}

export function hasCheckDigit(code) {
    return (
        code.length > 1 && isDigits(code) && checkDigit(code.slice(0, -1)) === Number(code.at(-1))
    );
}

const GTIN_LENGTHS = [8, 12, 13, 14];
export const isGtinLength = (text) => GTIN_LENGTHS.includes(text.length);

export function normaliseGtin(code) {
    if (!isDigits(code)) {
        throw new ScanError("not_numeric", { value: code });
    }
    if (!isGtinLength(code)) {
        throw new ScanError("gtin_length", { value: code, length: String(code.length) });
    }
    const expected = checkDigit(code.slice(0, -1));
    if (expected !== Number(code.at(-1))) {
        throw new ScanError("check_digit", { value: code, expected: String(expected), ai: "01" });
    }
    return code.padStart(14, "0");
}

const PRIMES = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
];

function pairFor(body) {
    let total = 0;
    [...body].reverse().forEach((character, index) => {
        total += grammar.set82.indexOf(character) * PRIMES[index];
    });
    return grammar.set32[(total % 1021) >> 5] + grammar.set32[(total % 1021) & 31];
}

function date(year, month, day, zeroDay) {
    if (month < 1 || month > 12) {
        return "bad_date";
    }
    return day >= (zeroDay ? 0 : 1) && day <= daysIn(year, month) ? null : "bad_date";
}

const shortDate = (text, zeroDay) =>
    date(
        2000 + Number(text.slice(0, 2)),
        Number(text.slice(2, 4)),
        Number(text.slice(4, 6)),
        zeroDay
    );
const oneOf = (allowed) => (text) =>
    text.length === 1 && allowed.includes(text) ? null : "bad_value";
const limit = (highest) => (text) => (Number(text) <= highest ? null : "bad_value");
const hour = (text) => (Number(text) < 24 ? null : "bad_time");
const minute = (text) => (Number(text) < 60 ? null : "bad_time");
const prefix = (text) => (text.length >= 4 && isDigits(text.slice(0, 4)) ? null : "company_prefix");
const country = (text) => (grammar.countries.has(text) ? null : "bad_country");
const when = (holds, code) => (holds ? null : code);

function piece(text) {
    const half = Math.floor(text.length / 2);
    const [number, total] = [Number(text.slice(0, half)), Number(text.slice(half))];
    return when(number > 0 && number <= total, "bad_piece");
}

function sequence(text) {
    const found = /^([1-9][0-9]*)\/([1-9][0-9]*)$/.exec(text);
    return when(found && BigInt(found[1]) <= BigInt(found[2]), "bad_sequence");
}

function iban(text) {
    if (
        !/^[A-Z]{2}[0-9]{2}[0-9A-Z]{1,30}$/.test(text) ||
        !grammar.countries2.has(text.slice(0, 2))
    ) {
        return "bad_value";
    }
    const digits = [...(text.slice(4) + text.slice(0, 4))].map((c) => parseInt(c, 36)).join("");
    return when(BigInt(digits) % 97n === 1n, "check_pair");
}

export const RULES = {
    key: (text) => when(hasCheckDigit(text), "check_digit"),
    pair: (text) =>
        when(text.length >= 2 && pairFor(text.slice(0, -2)) === text.slice(-2), "check_pair"),
    day0: (text) => shortDate(text, true),
    day: (text) => shortDate(text, false),
    fullday: (text) =>
        text.slice(0, 4) === "0000"
            ? "bad_date"
            : date(
                  Number(text.slice(0, 4)),
                  Number(text.slice(4, 6)),
                  Number(text.slice(6, 8)),
                  false
              ),
    hh: hour,
    mi: minute,
    ss: minute,
    hhmi: (text) => hour(text.slice(0, 2)) || minute(text.slice(2)),
    piece,
    seq: sequence,
    prefix,
    prefix2: (text) => prefix(text.slice(1)),
    bool: oneOf("01"),
    winding: oneOf("019"),
    sex: oneOf("0129"),
    hyphen: oneOf("-"),
    importer: (text) => oneOf(grammar.set64.slice(0, -1))(text),
    lat: limit(1_800_000_000),
    lon: limit(3_600_000_000),
    country,
    country999: (text) => (text === "999" ? null : country(text)),
    country2: (text) => when(grammar.countries2.has(text), "bad_country"),
    currency: (text) => when(grammar.currencies.has(text), "bad_value"),
    package: (text) => when(grammar.packages.has(text), "bad_value"),
    media: (text) =>
        when((Number(text) >= 1 && Number(text) <= 10) || Number(text) >= 80, "bad_value"),
    iban,
    zero: (text) => when(/^0+$/.test(text), "bad_value"),
    nonzero: (text) => when(/[1-9]/.test(text), "bad_value"),
    nolead0: (text) => when(text === "0" || text[0] !== "0", "bad_value"),
    alpha: (text) => when(!isDigits(text), "bad_value"),
    pct: (text) => when(/^(?:[^%]|%[0-9A-Fa-f]{2})*$/s.test(text), "bad_value"),
};
