/**
 * A scanner that types. Characters come in a burst, ended by Enter or Tab, or by silence. FNC1 comes as
 * GS (Ctrl+], or the character itself), or as what the reader was set up to send in its place.
 */
export const GS = "\x1d";
const SUBSTITUTES = [
    "<GS>",
    "{GS}",
    "[GS]",
    "(GS)",
    "<FNC1>",
    "{FNC1}",
    "\u241d",
    "\u001e",
    "|",
    "^",
];
const SILENCE = 400; // ms without a key: the reader sends no Enter
const BURST = 45; // ms between two keys, at most, of something no person types
const LEAST = 4;

/** What the reader meant. None of the substitutes may stand in a device code; addresses are left alone. */
export function normalise(text, prefix = "") {
    let code = prefix && text.startsWith(prefix) ? text.slice(prefix.length) : text;
    if (/^https?:/i.test(code)) {
        return code;
    }
    for (const substitute of SUBSTITUTES) {
        code = code.replaceAll(substitute, GS);
    }
    // a symbol that is read without AIM identifier may begin with its FNC1
    return code.replace(/^\x1d(?=[0-9(])/, "");
}

export class Wedge {
    constructor({ onCode, prefix = () => "" }) {
        Object.assign(this, { onCode, prefix, text: "", last: 0, gaps: [] });
        this.onKey = this.onKey.bind(this);
    }

    start() {
        document.addEventListener("keydown", this.onKey, true);
    }

    stop() {
        document.removeEventListener("keydown", this.onKey, true);
    }

    onKey(event) {
        const target = event.target;
        if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
            return; // somebody types a code by hand
        }
        const character = this.characterOf(event);
        if (character === null) {
            if ((event.key === "Enter" || event.key === "Tab") && this.text.length >= LEAST) {
                event.preventDefault();
                event.stopPropagation();
                this.flush();
            }
            return;
        }
        if (character === " " && !this.text) {
            return; // the space bar presses a button
        }
        event.preventDefault();
        const now = performance.now();
        if (this.text) {
            this.gaps.push(now - this.last);
        }
        this.last = now;
        this.text += character;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.silent(), SILENCE);
    }

    /** The character a key stands for, or null. */
    characterOf(event) {
        if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) {
            return GS;
        }
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return null;
        }
        return event.key.length === 1 ? event.key : null;
    }

    /** No Enter came: a burst is a code all the same, single keys are not. */
    silent() {
        const isBurst = this.gaps.length && this.gaps.every((gap) => gap < BURST);
        if (this.text.length >= LEAST + 2 && isBurst) {
            this.flush();
        } else {
            this.reset();
        }
    }

    reset() {
        clearTimeout(this.timer);
        this.text = "";
        this.gaps = [];
    }

    flush() {
        const code = normalise(this.text, this.prefix());
        this.reset();
        this.onCode(code, "wedge");
    }
}
