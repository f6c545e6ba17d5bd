import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { session } from "@web/session";
import { FormController } from "@web/views/form/form_controller";
import { ListController } from "@web/views/list/list_controller";

export class ReasonDialog extends Component {
    static template = "med_evidence.ReasonDialog";
    static components = { Dialog };
    static props = { labels: Array, confirm: Function, cancel: Function, close: Function };

    setup() {
        this.state = useState({ reason: "" });
        useAutofocus({ refName: "reason" });
    }

    confirm() {
        const reason = this.state.reason.trim();
        if (reason) {
            this.props.confirm(reason);
            this.props.close();
        }
    }

    cancel() {
        this.props.cancel();
        this.props.close();
    }
}

/** The labels of what changed and takes a reason, on the record or on the lines inside it. */
function explained(record, changes) {
    const reasons = session.med_evidence?.reasons || {};
    const asked = reasons[record.resModel] || [];
    return Object.keys(changes)
        .filter((name) => {
            const field = record.fields[name];
            const lines =
                ["one2many", "many2many"].includes(field?.type) && reasons[field.relation];
            return asked.includes(name) || lines;
        })
        .map((name) => record.fields[name].string);
}

/** Ask for the reason and put it beside the values that it explains; false keeps the form open. */
async function askReason(dialog, record, changes) {
    const labels = record.resId ? explained(record, changes) : [];
    if (!labels.length) {
        return true;
    }
    const reason = await new Promise((resolve) => {
        dialog.add(
            ReasonDialog,
            { labels, confirm: resolve, cancel: () => resolve(null) },
            { onClose: () => resolve(null) }
        );
    });
    if (reason === null) {
        return false;
    }
    changes.evidence_reason = reason;
    return true;
}

// `super` belongs to the object it is written in: one object per patch
const asksReason = () => ({
    async onWillSaveRecord(record, changes) {
        if ((await super.onWillSaveRecord(...arguments)) === false) {
            return false;
        }
        return askReason(this.env.services.dialog, record, changes);
    },
});

patch(FormController.prototype, asksReason());
patch(ListController.prototype, asksReason());
