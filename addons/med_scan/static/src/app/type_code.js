import { Component, onMounted, useRef, useState } from "@odoo/owl";

const REASONS = ["app_why_damaged", "app_why_unreadable", "app_why_scanner"];

/** The last resort: a code typed from the printed line, and why. */
export class TypeCode extends Component {
    static template = "med_scan.TypeCode";
    static props = { onTyped: Function, onClose: Function, say: Function };

    setup() {
        this.state = useState({ code: "", reason: "" });
        this.reasons = REASONS;
        this.input = useRef("code");
        onMounted(() => this.input.el.focus());
    }

    get isComplete() {
        return this.state.code.trim() && this.state.reason;
    }

    onSubmit() {
        if (this.isComplete) {
            this.props.onTyped(this.state.code, this.props.say(this.state.reason));
        }
    }
}
