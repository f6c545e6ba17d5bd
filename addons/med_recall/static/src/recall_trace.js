import { Component, onWillStart, useState } from "@odoo/owl";
import { Layout } from "@web/search/layout";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";

export const COLOURS = {
    received: "#6c757d",
    here: "#198754",
    delivered: "#0d6efd",
    returned: "#fd7e14",
};
// branches shown of a lot before "show all"
const SHOWN = 8;
const WIDTH = 1000;
// each kind has a lane of its own, so that one day hides nothing
const LANES = { received: 8, here: 19, delivered: 30, returned: 41 };

/** Where the days of one lot stand on a line from the first day of all to the last. */
export function placed(days, first, last) {
    const span = last - first;
    const most = Math.max(...days.map(([, quantity]) => quantity));
    return days.map(([day, quantity, kind, count]) => ({
        x: span ? 10 + ((WIDTH - 20) * (Date.parse(day) - first)) / span : WIDTH / 2,
        y: LANES[kind],
        r: 2.5 + 4.5 * Math.sqrt(quantity / most),
        day,
        quantity,
        kind,
        count,
    }));
}

/** The trace of a recall: each lot with where it came from, is and went, and when. */
export class RecallTrace extends Component {
    static template = "med_recall.Trace";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.colours = COLOURS;
        this.width = WIDTH;
        this.recallId = this.props.action.params?.recall_id || this.props.action.context?.active_id;
        this.state = useState({ data: null, open: {}, all: {} });
        onWillStart(async () => {
            const data = await this.orm.call("med.recall", "trace_picture", [[this.recallId]]);
            const moments = data.days.map(([, , day]) => Date.parse(day));
            this.first = Math.min(...moments);
            this.last = Math.max(...moments);
            for (const lot of data.lots) {
                const days = data.days
                    .filter(([id]) => id === lot.id)
                    .map(([, kind, day, quantity, count]) => [day, quantity, kind, count]);
                lot.days = days.length ? placed(days, this.first, this.last) : [];
                // few lots are read at once, many are opened one by one
                this.state.open[lot.id] = data.lots.length <= 3;
            }
            this.state.data = data;
        });
    }

    quantity(value) {
        return formatFloat(value, { trailingZeros: false });
    }

    dayTitle(day) {
        return `${formatDate(deserializeDate(day.day))} · ${this.state.data.kinds[day.kind]}: ${this.quantity(day.quantity)} (${day.count})`;
    }

    edge(moment) {
        return Number.isFinite(moment)
            ? formatDate(deserializeDate(new Date(moment).toISOString().slice(0, 10)))
            : "";
    }

    shown(lot) {
        return this.state.all[lot.id] ? lot.branches : lot.branches.slice(0, SHOWN);
    }

    toggle(lot) {
        this.state.open[lot.id] = !this.state.open[lot.id];
    }

    showAll(lot) {
        this.state.all[lot.id] = true;
    }

    /** The movements of one branch as a list; from there they can be exported. */
    openBranch(lot, branch) {
        const end = branch.kind === "here" ? "location_id" : "partner_id";
        return this.openTable([
            ["lot_id", "=", lot.id],
            ["kind", "=", branch.kind],
            [end, "=", branch.id],
        ]);
    }

    async openTable(domain = []) {
        const action = await this.orm.call("med.recall", "action_open_trace", [[this.recallId]]);
        const context = domain.length ? {} : action.context;
        return this.action.doAction({
            ...action,
            context,
            domain: [...action.domain, ...domain],
        });
    }
}

registry.category("actions").add("med_recall.trace", RecallTrace);
