import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { VerdictCard } from "@med_quality/gate_refused";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Every lot of an order line: may it leave, and if not, why not and what helps. */
export class LotChoiceDialog extends Component {
    static template = "med_outbound.LotChoiceDialog";
    static components = { Dialog, VerdictCard };
    static props = { lineId: Number, close: Function };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ answer: null });
        onWillStart(async () => {
            this.state.answer = await this.orm.call("sale.order.line", "med_explain_lots", [
                [this.props.lineId],
            ]);
        });
    }

    canOverride(lot) {
        return (
            this.state.answer.picking_id &&
            lot.verdicts.some((verdict) => verdict.severity === "signature")
        );
    }

    askOverride(lot) {
        const verdict = lot.verdicts.find((each) => each.severity === "signature");
        this.props.close();
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "med.gate.override",
            views: [[false, "form"]],
            target: "current",
            context: {
                default_picking_id: this.state.answer.picking_id,
                default_lot_id: lot.id,
                default_rule: verdict.rule,
                default_quantity: this.state.answer.wanted,
            },
        });
    }
}

/** The button on the line. */
export class LotChoiceWidget extends Component {
    static template = "med_outbound.LotChoiceWidget";
    static props = { ...standardWidgetProps };

    setup() {
        this.dialog = useService("dialog");
    }

    get isShown() {
        return Boolean(this.props.record.resId && this.props.record.data.med_is_device);
    }

    open() {
        this.dialog.add(LotChoiceDialog, { lineId: this.props.record.resId });
    }
}

registry.category("view_widgets").add("med_lot_choice", {
    component: LotChoiceWidget,
    fieldDependencies: [{ name: "med_is_device", type: "boolean" }],
});
