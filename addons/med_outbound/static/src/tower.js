/* global luxon */
import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { Layout } from "@web/search/layout";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useBus, useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";

const CHANGED = "med_tower/changed";
// many transfers change at once when a wave is done; the board is read once
const PAUSE = 800;

/** Every open outbound by stage, how late it is, what blocks it and the one step that comes next. */
export class ControlTower extends Component {
    static template = "med_outbound.Tower";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.state = useState({
            data: null,
            stage: null,
            late: false,
            filters: {},
            customer: "",
            updated: null,
        });
        this.onChanged = (message) => this.changed(message);
        this.bus.subscribe(CHANGED, this.onChanged);
        this.bus.start();
        // back from another screen, or after a lost connection, nothing is taken for known
        useBus(this.bus, "BUS:RECONNECT", () => this.load());
        onWillStart(() => this.load());
        onWillUnmount(() => {
            this.bus.unsubscribe(CHANGED, this.onChanged);
            clearTimeout(this.timer);
        });
    }

    changed({ company_id }) {
        if (user.activeCompanies.some((company) => company.id === company_id)) {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.load(), PAUSE);
        }
    }

    async load() {
        const { stage, late, filters } = this.state;
        this.asked = (this.asked || 0) + 1;
        const asked = this.asked;
        const data = await this.orm.call("stock.picking", "med_tower", [], {
            stage,
            late,
            ...filters,
        });
        // an answer that was overtaken by a later question says nothing any more
        if (asked === this.asked) {
            this.state.data = data;
            this.state.updated = luxon.DateTime.now().toFormat("HH:mm:ss");
        }
    }

    choose(stage, late = false) {
        const same = this.state.stage === stage && this.state.late === late;
        this.state.stage = same ? null : stage;
        this.state.late = same ? false : late;
        return this.load();
    }

    filter(name, value) {
        this.state.filters[name] = Number(value) || false;
        return this.load();
    }

    async searchCustomer(name) {
        this.state.customer = name;
        let found = false;
        if (name.trim()) {
            const [partner] = await this.orm.call("res.partner", "name_search", [], {
                name: name.trim(),
                limit: 1,
            });
            // nobody of that name: no outbound of his either
            found = partner ? partner[0] : -1;
        }
        this.state.filters.partner_id = found;
        return this.load();
    }

    get total() {
        return this.state.data.stages.reduce((sum, one) => sum + one.count, 0);
    }

    span(hours) {
        const size = Math.abs(hours);
        if (size < 1) {
            return _t("%s min", Math.round(size * 60));
        }
        return size < 48 ? _t("%s h", Math.round(size)) : _t("%s days", Math.round(size / 24));
    }

    /** How long until the promise or past it; of what has left, since when. */
    age(row) {
        if (row.hours_gone !== null) {
            return _t("left %s ago", this.span(row.hours_gone));
        }
        if (row.hours_left === null) {
            return "";
        }
        const size = this.span(row.hours_left);
        return row.hours_left < 0 ? _t("%s late", size) : _t("in %s", size);
    }

    ageClass(row) {
        if (row.stage === "shipped") {
            return "text-muted";
        }
        return row.hours_left < 0 ? "text-danger fw-bold" : row.hours_left < 4 ? "fw-bold" : "";
    }

    open(row) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "stock.picking",
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    async next(row) {
        const action = await this.orm.call("stock.picking", "action_med_tower_next", [[row.id]]);
        if (action) {
            await this.action.doAction(action, { onClose: () => this.load() });
        }
        return this.load();
    }
}

registry.category("actions").add("med_outbound.tower", ControlTower);
