/* global luxon */

import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { Layout } from "@web/search/layout";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";
import { Curve } from "./curve";

const { DateTime } = luxon;
const EVERY = 30_000;
const LABELS = {
    good: _t("In range"),
    out: _t("Out of range"),
    silent: _t("Silent"),
    failed: _t("Failed"),
    none: _t("No reading yet"),
};
const COLOURS = {
    good: "success",
    out: "danger",
    silent: "warning",
    failed: "danger",
    none: "secondary",
};

/** Rooms, vehicles and shipments as they are now; the course of the one that is chosen. */
export class ColdBoard extends Component {
    static template = "med_coldchain.Board";
    static components = { Layout, Curve };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.display = { controlPanel: {} };
        this.state = useState({ rows: [], chosen: null, days: 1, end: null, course: null });
        this.spans = [
            { days: 1, text: _t("Day") },
            { days: 7, text: _t("Week") },
            { days: 30, text: _t("Month") },
            { days: 365, text: _t("Year") },
        ];
        const refresh = () => this.refresh();
        this.bus.subscribe("med_coldchain.alarm", refresh);
        const timer = setInterval(refresh, EVERY);
        onWillStart(async () => {
            await this.refresh();
            const wanted = this.props.action.context?.active_id;
            const row = this.state.rows.find(({ id }) => id === wanted) || this.state.rows[0];
            if (row) {
                await this.choose(row);
            }
        });
        onWillUnmount(() => {
            clearInterval(timer);
            this.bus.unsubscribe("med_coldchain.alarm", refresh);
        });
    }

    async refresh() {
        this.state.rows = await this.orm.call("maintenance.equipment", "med_board", []);
        if (this.state.chosen && this.state.end === null) {
            await this.load();
        }
    }

    get end() {
        return this.state.end ?? Math.ceil(DateTime.now().toSeconds() / 60) * 60;
    }

    get start() {
        return this.end - this.state.days * 86400;
    }

    async load() {
        const span = { start: this.start, end: this.end };
        const course = await this.orm.call("maintenance.equipment", "med_curve", [
            [this.state.chosen],
            span.start,
            span.end,
        ]);
        this.state.course = { ...course, ...span };
    }

    async choose(row) {
        this.state.chosen = row.id;
        this.state.end = null;
        await this.load();
    }

    async show(days) {
        this.state.days = days;
        await this.load();
    }

    async move(way) {
        const end = this.end + way * this.state.days * 86400;
        this.state.end = end >= DateTime.now().toSeconds() ? null : end;
        await this.load();
    }

    openExcursion(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "med.temperature.excursion",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openExcursions(row) {
        this.action.doAction("med_coldchain.med_temperature_excursion_action", {
            additionalContext: { search_default_equipment_id: row.id },
        });
    }

    degrees(celsius) {
        return celsius === null ? "–" : `${formatFloat(celsius, { digits: [16, 1] })} °C`;
    }

    range(row) {
        const of = (value) => formatFloat(value, { trailingZeros: false, digits: [16, 1] });
        if (row.low === null && row.high === null) {
            return "";
        }
        if (row.low === null) {
            return `≤ ${of(row.high)} °C`;
        }
        return row.high === null ? `≥ ${of(row.low)} °C` : `${of(row.low)} – ${of(row.high)} °C`;
    }

    label(status) {
        return LABELS[status].toString();
    }

    colour(status) {
        return COLOURS[status];
    }

    since(at) {
        return at === null ? "" : DateTime.fromSeconds(at).toRelative();
    }
}

registry.category("actions").add("med_coldchain.board", ColdBoard);
