/** The server's tables (med_master_data/lib/grammar.py), given once at the start. */
export const grammar = {};

const setOf = (texts) => new Set(texts);

export function useGrammar(data) {
    Object.assign(grammar, data, {
        ais: new Map(
            Object.entries(data.ais).map(([ai, [fixed, parts, needs, excludes]]) => [
                ai,
                {
                    ai,
                    fixed,
                    needs,
                    excludes,
                    parts: parts.map(([kind, minimum, maximum, optional, rules]) => ({
                        kind,
                        minimum,
                        maximum,
                        optional,
                        rules,
                    })),
                    maximum: parts.reduce((sum, part) => sum + part[2], 0),
                },
            ])
        ),
        characters: Object.fromEntries(
            Object.entries(data.characters).map(([kind, text]) => [kind, setOf(text)])
        ),
        countries: setOf(data.countries),
        countries2: setOf(data.countries2),
        currencies: setOf(data.currencies),
        packages: setOf(data.packages),
    });
    // two digits say how long the AI is
    grammar.lengths = new Map([...grammar.ais.keys()].map((ai) => [ai.slice(0, 2), ai.length]));
}

/** What keeps a code from being read: a code and its facts, as on the server. */
export class ScanError extends Error {
    constructor(code, params = {}) {
        super(code);
        this.code = code;
        this.params = params;
    }
}

export const isDigits = (text) => /^[0-9]+$/.test(text ?? "");

/** The answer of a reader; what is not said is null. */
export function makeScan(values) {
    return {
        scheme: "",
        raw: "",
        elements: [],
        gtin: null,
        lot: null,
        serial: null,
        expiry: null,
        production_date: null,
        sscc: null,
        content_gtin: null,
        count: null,
        symbology: null,
        problems: [],
        di: null,
        agency: "GS1",
        quantity: null,
        link: null,
        notes: [],
        ...values,
    };
}
