import { Component, onWillStart, useState } from "@odoo/owl";
import { Layout } from "@web/search/layout";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";

/** How well goods leave: every figure with its formula, and a click away from its records. */
export class OutboundDashboard extends Component {
    static template = "med_outbound.Dashboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.spans = [7, 30, 90, 365];
        this.state = useState({ data: null, days: 90, warehouse: 0 });
        onWillStart(() => this.load());
    }

    async load() {
        const { days, warehouse } = this.state;
        const data = await this.orm.call("med.outbound.figure", "dashboard", [], {
            days,
            warehouse_id: warehouse || null,
        });
        // the answer to an older question must not replace that to a newer one
        if (days === this.state.days && warehouse === this.state.warehouse) {
            this.state.data = data;
        }
    }

    choose(days) {
        this.state.days = days;
        return this.load();
    }

    chooseWarehouse(ev) {
        this.state.warehouse = Number(ev.target.value);
        return this.load();
    }

    spanName(days) {
        return days === 365 ? _t("A year") : _t("%s days", days);
    }

    /** The field's name without its unit: the value says which. */
    label(tile) {
        return tile.label.replace(/\s*[(（][^)）]*[)）]$/, "");
    }

    value(tile) {
        if (tile.value === null || tile.value === false) {
            return "–";
        }
        if (tile.unit === "%") {
            return `${tile.value.toFixed(1)} %`;
        }
        if (tile.unit === "d") {
            return _t("%s days", tile.value.toFixed(1));
        }
        if (tile.unit === "h") {
            const size = Math.abs(tile.value);
            if (size < 1) {
                return _t("%s min", Math.round(tile.value * 60));
            }
            return size < 48
                ? _t("%s h", tile.value.toFixed(1))
                : _t("%s days", (tile.value / 24).toFixed(1));
        }
        return `${tile.unit} ${tile.value.toLocaleString(undefined, { maximumFractionDigits: 2 })}`;
    }

    /** Red below nine in ten, green from 99 on: of shares that should be whole. */
    tone(tile) {
        if (
            tile.unit !== "%" ||
            tile.value === null ||
            tile.value === false ||
            tile.name === "return_rate"
        ) {
            return "";
        }
        if (tile.value >= 99) {
            return "text-success";
        }
        return tile.value < 90 ? "text-danger" : "text-warning-emphasis";
    }

    openTile(tile) {
        if (tile.action) {
            return this.action.doAction(tile.action);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: this.label(tile),
            res_model: "med.outbound.figure",
            domain: tile.domain,
            views: [
                [false, "list"],
                [false, "pivot"],
                [false, "graph"],
            ],
        });
    }

    openRule(rule) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: rule.label,
            res_model: "med.evidence.event",
            domain: [
                ["kind", "=", "gate.refused"],
                ["recorded_at", ">=", this.state.data.since],
                ["body", "ilike", `"rule":"${rule.rule}"`],
            ],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    openShelf() {
        return this.action.doAction("med_quality.med_lot_stock_action");
    }

    shelfName(bar) {
        if (bar.from === null) {
            return _t("expired");
        }
        return bar.to === null
            ? _t("from %s days on", bar.from)
            : _t("%(from)s to %(to)s days", bar);
    }

    share(count, bars, key) {
        const largest = Math.max(...bars.map((bar) => bar[key]), 0);
        return count && largest ? Math.max(1, (100 * count) / largest) : 0;
    }
}

registry.category("actions").add("med_outbound.dashboard", OutboundDashboard);
