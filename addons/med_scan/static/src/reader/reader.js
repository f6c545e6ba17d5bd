/**
 * Every code a scanner sends, read on the phone as the server reads it (med_master_data/lib/scan.py).
 * Throws ScanError; a scan with ``problems`` may not be taken silently.
 */
import { isUri, parseDigitalLink } from "./digital_link";
import { isHex, parseEpc } from "./epc";
import { ScanError, grammar, isDigits } from "./grammar";
import { FNC1, bareGtin, combineGs1, parseElementString } from "./gs1";
import { combineHibc, parseHibc } from "./hibc";
import { combineIsbt, parseIsbt } from "./isbt128";
import { parseMa } from "./ma";
import { hasCheckDigit, isGtinLength, normaliseGtin } from "./rules";

const GS1_SCHEMES = ["gs1", "gtin", "digital_link", "epc"];
const ENDINGS = "\t\r\n\x00";

function strip(text, characters, { left = true, right = true } = {}) {
    let [start, end] = [0, text.length];
    while (left && start < end && characters.includes(text[start])) {
        start += 1;
    }
    while (right && end > start && characters.includes(text[end - 1])) {
        end -= 1;
    }
    return text.slice(start, end);
}

export function parse(code, today, separators = []) {
    if (code.length > grammar.maximum) {
        throw new ScanError("scan_too_long", {
            length: String(code.length),
            maximum: String(grammar.maximum),
        });
    }
    let text = strip(strip(code, ENDINGS), ` ${ENDINGS}`, { right: false });
    let symbology = null;
    if (/^\][A-Za-z][0-9A-Za-z]/.test(text)) {
        symbology = text.slice(0, 3);
        text = text.slice(3);
    }
    if (text.startsWith("+")) {
        return readHibc(text, today, code, symbology);
    }
    text = strip(text, ` ${ENDINGS}`, { left: false });
    for (const separator of separators.filter(Boolean)) {
        text = text.replaceAll(separator, FNC1);
    }
    if (!strip(text, FNC1)) {
        throw new ScanError("empty");
    }
    if (symbology && Object.hasOwn(grammar.gtin_symbologies, symbology)) {
        if (!grammar.gtin_symbologies[symbology].includes(text.length)) {
            throw new ScanError("gtin_length", { value: text, length: String(text.length) });
        }
        return bareGtin(text, code, symbology);
    }
    if (grammar.symbologies.includes(symbology)) {
        if (text.startsWith("(")) {
            throw new ScanError("brackets_in_symbol", { value: text });
        }
        return parseElementString(text, today, code, symbology);
    }
    return byContent(text, today, code, symbology);
}

function readHibc(text, today, raw, symbology) {
    const attempt = (one) => {
        try {
            return [parseHibc(one, today, raw, symbology), null];
        } catch (error) {
            if (!(error instanceof ScanError)) {
                throw error;
            }
            return [null, error];
        }
    };
    const [read, error] = attempt(text);
    if (read) {
        return read;
    }
    const shorter = strip(text, " ", { left: false });
    if (shorter !== text) {
        return parseHibc(shorter, today, raw, symbology);
    }
    // The check character may be a blank that was cut off: a doubt, never a reading.
    const [lost] = attempt(`${text} `);
    if (!lost) {
        throw error;
    }
    return {
        ...lost,
        problems: [...lost.problems, { code: "hibc_blank_lost", params: { value: text } }],
    };
}

function byContent(text, today, raw, symbology) {
    if ("=&".includes(text[0])) {
        return parseIsbt(text, raw, symbology);
    }
    if (text.startsWith("MA.") || text.startsWith("MB.")) {
        return parseMa(text, today, raw, symbology);
    }
    if (isUri(text)) {
        return parseDigitalLink(text, today, raw, symbology);
    }
    if (text.startsWith("urn:epc:")) {
        return parseEpc(text, today, raw, symbology);
    }
    if (text.startsWith("[)>")) {
        throw new ScanError("scheme_unsupported", { scheme: "ASC MH10 (PPN)" });
    }
    if (!text.startsWith("(") && !text.startsWith(FNC1) && !isDigits(text.slice(0, 2))) {
        throw new ScanError("unknown_scheme", { value: text.slice(0, 40) });
    }
    const mayBeGtin = isGtinLength(text) && isDigits(text);
    if (mayBeGtin && hasCheckDigit(text)) {
        return bareGtin(text, raw, symbology);
    }
    try {
        return parseElementString(text, today, raw, symbology);
    } catch (error) {
        if (error instanceof ScanError) {
            if (mayBeGtin) {
                normaliseGtin(text);
            }
            if (isHex(text)) {
                return parseEpc(text, today, raw, symbology);
            }
        }
        throw error;
    }
}

/** One statement from several symbols of the same item, in whatever order they were read. */
export function combine(scans, today) {
    if (scans.length === 1) {
        return scans[0];
    }
    const schemes = [...new Set(scans.map((scan) => scan.scheme))].sort();
    if (schemes.every((scheme) => GS1_SCHEMES.includes(scheme))) {
        return combineGs1(scans, today);
    }
    if (schemes.length === 1 && schemes[0] === "hibc") {
        return combineHibc(scans);
    }
    if (schemes.length === 1 && schemes[0] === "isbt128") {
        return combineIsbt(scans);
    }
    if (new Set(scans.map((scan) => scan.raw)).size === 1) {
        return scans[0];
    }
    throw new ScanError("mixed_schemes", { schemes: schemes.join(", ") });
}
