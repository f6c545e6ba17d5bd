import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { Layout } from "@web/search/layout";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";

const STATE_CLASS = { held: "text-bg-danger", notified: "text-bg-warning", draft: "text-bg-light" };

/** Scores over time as bars; the last one is told in words. */
export class ScoreBars extends Component {
    static template = "med_recall.ScoreBars";
    static props = { scores: Array, open: Function };

    get last() {
        return this.props.scores.at(-1);
    }

    title(one) {
        return `${formatDate(deserializeDateTime(one.at))}: ${one.score} %`;
    }
}

/** What is open and how long it has, how fast recalls were, and how ready we are. */
export class RecallDashboard extends Component {
    static template = "med_recall.Dashboard";
    static components = { Layout, ScoreBars };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.call("med.recall", "dashboard", []);
    }

    stateClass(recall) {
        return STATE_CLASS[recall.state];
    }

    dueClass(recall) {
        if (recall.hours_left < 0) {
            return "text-danger fw-bold";
        }
        return recall.hours_left < 24 ? "text-warning-emphasis fw-bold" : "";
    }

    /** Hours as people say them: minutes below one, days from two days on. */
    duration(hours) {
        const size = Math.abs(hours);
        if (size < 1) {
            return _t("%s min", Math.round(size * 60));
        }
        return size < 48 ? _t("%s h", size.toFixed(1)) : _t("%s days", (size / 24).toFixed(1));
    }

    due(recall) {
        const left = this.duration(recall.hours_left);
        return recall.hours_left < 0 ? _t("%s overdue", left) : _t("%s left", left);
    }

    /** The field's name without its unit: the value says which. */
    label(figure) {
        return figure.label.replace(/\s*[(（][^)）]*[)）]$/, "");
    }

    value(figure) {
        if (figure.value === null || figure.value === false) {
            return "–";
        }
        return figure.unit === "h" ? this.duration(figure.value) : `${figure.value.toFixed(1)} %`;
    }

    openRecall(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "med.recall",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openReadiness(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "med.recall.readiness",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openFigures() {
        return this.action.doAction("med_recall.med_recall_figure_action");
    }

    newRecall() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "med.recall",
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("med_recall.dashboard", RecallDashboard);
