import { Component, useRef, useState } from "@odoo/owl";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Where the reviewer's scanner types: every label it sends counts its units again. */
export class ReviewScanWidget extends Component {
    static template = "med_outbound.ReviewScanWidget";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.input = useRef("autofocus");
        useAutofocus();
        this.state = useState({ last: null, refusal: "" });
        this.queue = Promise.resolve();
    }

    onKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        const code = this.input.el.value;
        this.input.el.value = "";
        if (code) {
            // a scanner is faster than the network: one after the other, none lost
            this.queue = this.queue.then(() => this.count(code));
        }
    }

    async count(code) {
        await this.props.record.save();
        try {
            this.state.last = await this.orm.call("med.outbound.review", "scan", [
                [this.props.record.resId],
                code,
            ]);
            this.state.refusal = "";
        } catch (error) {
            this.state.last = null;
            this.state.refusal = error.data ? error.data.message : String(error);
        }
        await this.props.record.load();
        this.input.el.focus();
    }
}

registry.category("view_widgets").add("med_review_scan", { component: ReviewScanWidget });
