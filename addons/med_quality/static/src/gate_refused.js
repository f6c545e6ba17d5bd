import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import {
    odooExceptionTitleMap,
    standardErrorDialogProps,
    WarningDialog,
} from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";
import { Component } from "@odoo/owl";

// The web client shows sentences only of exceptions it knows by name; of all others, "Oops!".
const GATE_REFUSED = "odoo.addons.med_quality.exceptions.GateRefusedError";
// As many as the sentence beside them tells.
const SHOWN = 25;

/** One verdict: what is wrong, by which article, what helps and who can do it. */
export class VerdictCard extends Component {
    static template = "med_quality.VerdictCard";
    static props = { verdict: Object, withDelivery: { type: Boolean, optional: true } };
}

/** A refusal of the gate, finding by finding; of a refusal without data, its sentence. */
export class GateRefusedDialog extends WarningDialog {
    static template = "med_quality.GateRefusedDialog";
    static components = { Dialog, VerdictCard };
    static props = { ...standardErrorDialogProps, title: { type: String, optional: true } };

    setup() {
        super.setup();
        const verdicts = this.props.data?.context?.med_verdicts || [];
        this.verdicts = verdicts.slice(0, SHOWN);
        this.more = verdicts.length - this.verdicts.length;
        this.isBatch = new Set(verdicts.map((verdict) => verdict.delivery)).size > 1;
    }
}

odooExceptionTitleMap.set(GATE_REFUSED, _t("The goods stay here"));
registry.category("error_dialogs").add(GATE_REFUSED, GateRefusedDialog);
