import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const PLANNERS = ["med_master_data.group_med_purchasing", "med_master_data.group_med_supervisor"];

/** History as it was and as it was cleaned, what is expected, and the two intervals. */
export class ForecastChart extends Component {
    static template = "med_planning.ForecastChart";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(async () => {
            await loadBundle("web.chartjs_lib");
            const groups = await Promise.all(PLANNERS.map((group) => user.hasGroup(group)));
            this.isPlanner = groups.some(Boolean);
        });
        useEffect(
            () => this.draw(),
            () => [this.data]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    get adjustments() {
        return this.data?.adjustments || [];
    }

    /** The datasets of Chart.js; each interval is filled down to the line that follows it. */
    get datasets() {
        const line = (label, values, color, more = {}) => ({
            label,
            data: values,
            borderColor: color,
            backgroundColor: color,
            borderWidth: 2,
            pointRadius: 0,
            tension: 0,
            ...more,
        });
        const band = (label, low, high, color) => [
            line(label, high, color, { borderWidth: 0, fill: "+1" }),
            line("", low, color, { borderWidth: 0 }),
        ];
        const data = this.data;
        const sets = [
            line(_t("Expected"), data.ahead, "#0f766e", { borderWidth: 3 }),
            line(_t("Cleaned history"), data.cleaned, "#334155"),
            line(_t("What left"), data.sold, "#94a3b8", { borderDash: [4, 3], borderWidth: 1.5 }),
        ];
        if (data.overridden) {
            sets.push(line(_t("Methods alone"), data.model, "#d97706", { borderDash: [6, 4] }));
        }
        return [
            ...sets,
            ...band(_t("4 of 5 (80 %)"), data.low80, data.high80, "rgba(15, 118, 110, 0.30)"),
            ...band(_t("19 of 20 (95 %)"), data.low95, data.high95, "rgba(15, 118, 110, 0.15)"),
        ];
    }

    draw() {
        this.chart?.destroy();
        this.chart = null;
        if (!this.canvas.el || !this.data) {
            return;
        }
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, {
            type: "line",
            data: { labels: this.data.labels, datasets: this.datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                scales: {
                    y: { beginAtZero: true },
                    x: { ticks: { maxRotation: 0, autoSkipPadding: 16 } },
                },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { filter: (item) => Boolean(item.text) },
                    },
                    tooltip: { filter: (item) => item.raw !== null && Boolean(item.dataset.label) },
                },
            },
        });
    }

    /** Ask why, and take this cleaning back from the next run on. */
    takeBack(adjustment) {
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Take a cleaning back"),
                res_model: "med.forecast.correction",
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_forecast_id: this.props.record.resId,
                    default_kind: adjustment.kind,
                    default_period: adjustment.period,
                },
            },
            { onClose: () => this.props.record.load() }
        );
    }
}

registry.category("fields").add("med_forecast_chart", {
    component: ForecastChart,
    supportedTypes: ["json"],
});
