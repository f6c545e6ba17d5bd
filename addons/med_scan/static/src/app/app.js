import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";

import { Camera } from "./camera";
import { TypeCode } from "./type_code";
import { Wedge, normalise } from "./wedge";

/**
 * Pages by the screen the server names. A wing adds its own:
 * ``registry.category("med_scan.pages").add("receive", ReceivePage)``, a component with the prop ``work``.
 */
export const pages = registry.category("med_scan.pages");

export class ScanApp extends Component {
    static template = "med_scan.App";
    static components = { Camera, TypeCode };
    static props = { work: Object };

    setup() {
        this.work = this.props.work;
        this.state = useState(this.work.state);
        this.ui = useState({ camera: false, typing: false });
        this.wedge = new Wedge({
            onCode: (code, entry) => this.work.scan(code, entry),
            prefix: () => this.work.prefix,
        });
        this.onKey = this.onKey.bind(this);
        onMounted(() => {
            this.wedge.start();
            document.addEventListener("keydown", this.onKey);
        });
        onWillUnmount(() => {
            this.wedge.stop();
            document.removeEventListener("keydown", this.onKey);
        });
    }

    say(code, params) {
        return this.work.say(code, params);
    }

    get page() {
        return pages.get(this.state.page);
    }

    /** The state of the line to the server, in words and as a class: always on the screen. */
    get net() {
        const { online, queued, sending, loggedOut } = this.state;
        if (loggedOut) {
            return { kind: "off", text: this.say("app_sign_in_button") };
        }
        if (online && queued && sending) {
            return { kind: "sending", text: this.say("app_replaying", { count: queued }) };
        }
        const waiting = queued ? ` · ${this.say("app_queued", { count: queued })}` : "";
        return {
            kind: online ? "on" : "off",
            text: this.say(online ? "app_online" : "app_offline") + waiting,
        };
    }

    /** A phone or handheld with keys needs no finger: F2 undo, F4 list, F6 type, Escape back. */
    onKey(event) {
        const act = {
            F2: () => this.undo(),
            F4: () => this.list(),
            F6: () => this.type(),
            Escape: () => this.back(),
        };
        if (act[event.key]) {
            event.preventDefault();
            act[event.key]();
        }
    }

    undo() {
        if (this.state.delivery) {
            this.work.scan("MED:UNDO");
        }
    }

    list() {
        if (this.state.delivery) {
            this.state.page = this.state.page === "list" ? this.work.workPage : "list";
        }
    }

    back() {
        if (this.ui.camera || this.ui.typing) {
            Object.assign(this.ui, { camera: false, typing: false });
        } else if (["list", "refused", "missing", "choose", "label"].includes(this.state.page)) {
            this.state.page = this.state.delivery ? this.work.workPage : "deliveries";
        } else if (this.state.delivery) {
            this.work.close();
        }
    }

    camera() {
        this.ui.camera = !this.ui.camera;
    }

    type() {
        this.ui.typing = true;
    }

    onCamera(code) {
        this.work.scan(normalise(code, this.work.prefix), "camera");
    }

    onTyped(code, reason) {
        this.ui.typing = false;
        this.work.scan(code, "manual", reason);
    }

    refused() {
        this.state.page = "refused";
    }

    signIn() {
        window.location.assign("/web/login?redirect=/med_scan");
    }
}

/** The last answer, in the colour of what it means. */
export class Answer extends Component {
    static template = "med_scan.Answer";
    static props = { work: Object };

    setup() {
        this.state = useState(this.props.work.state);
    }
}
