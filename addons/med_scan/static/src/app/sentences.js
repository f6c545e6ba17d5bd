/** The one catalogue: it comes from the server in the user's language, and stays on the phone. */
export class Sentences {
    catalogue = {};

    say(code, params = {}) {
        const text = this.catalogue[code];
        if (text === undefined) {
            return `${code} ${Object.values(params).join(" ")}`.trim();
        }
        return text
            .replace(/%\((\w+)\)s/g, (_all, name) => String(params[name] ?? "–"))
            .replaceAll("%%", "%");
    }
}
