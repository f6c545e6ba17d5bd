import { Component, onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/** One tap at the top of every page: what did you notice? */
export class FloorFeedback extends Component {
    static template = "med_planning.FloorFeedback";
    static props = {};

    setup() {
        this.action = useService("action");
        onWillStart(async () => {
            this.isOnTheFloor = await user.hasGroup("stock.group_stock_user");
        });
    }

    get title() {
        return _t("What did you notice?");
    }

    tell() {
        this.action.doAction({
            type: "ir.actions.act_window",
            name: this.title,
            res_model: "med.floor.feedback",
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry
    .category("systray")
    .add("med_planning.FloorFeedback", { Component: FloorFeedback }, { sequence: 90 });
