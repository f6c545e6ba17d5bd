import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

/** In the cog of every form: what is on file about this record. */
export class EvidenceMenu extends Component {
    static template = "med_evidence.EvidenceMenu";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    async open() {
        const root = this.env.model.root;
        const action = await this.orm.call("med.evidence.event", "action_about", [
            root.resModel,
            [root.resId],
        ]);
        await this.action.doAction(action);
    }
}

registry.category("cogMenu").add(
    "med-evidence",
    {
        Component: EvidenceMenu,
        groupNumber: 30,
        isDisplayed: (env) =>
            Boolean(
                session.med_evidence?.auditor &&
                env.config.viewType === "form" &&
                env.model?.root?.resId &&
                !env.model.root.resModel.startsWith("med.evidence.")
            ),
    },
    { sequence: 30 }
);
