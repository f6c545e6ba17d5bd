import { Component, onWillStart, useState } from "@odoo/owl";
import { Layout } from "@web/search/layout";
import { formatFloat } from "@web/core/utils/numbers";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useService } from "@web/core/utils/hooks";

const MARGIN = 2;

/** The walk through the warehouse: racks, stops in their order, and the way between them. */
export class RouteMap extends Component {
    static template = "med_route.Map";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.state = useState({ route: null, chosen: null });
        this.pickingIds =
            this.props.action.params?.picking_ids || this.props.action.context?.active_ids || [];
        onWillStart(async () => {
            this.state.route = await this.orm.call("stock.picking", "med_route", [this.pickingIds]);
        });
    }

    /** As much of the floor as there is something on; y grows upwards, as on a plan. */
    get box() {
        const { racks, path } = this.state.route;
        const xs = [...path.map(([x]) => x), ...racks.flatMap(([x, , width]) => [x, x + width])];
        const ys = [
            ...path.map(([, y]) => y),
            ...racks.flatMap(([, y, , depth]) => [y, y + depth]),
        ];
        const left = Math.min(...xs) - MARGIN;
        const top = -Math.max(...ys) - MARGIN;
        const width = Math.max(...xs) - left + MARGIN;
        const height = -Math.min(...ys) - top + MARGIN;
        return { view: `${left} ${top} ${width} ${height}`, unit: Math.max(width, height) / 60 };
    }

    get wayPoints() {
        return this.state.route.path.map(([x, y]) => `${x},${-y}`).join(" ");
    }

    get placed() {
        return this.state.route.stops.filter((stop) => stop.on_map);
    }

    metres(value) {
        return formatFloat(value, { digits: [16, 0] });
    }

    quantity(value) {
        return formatFloat(value, { trailingZeros: false });
    }

    choose(stop) {
        this.state.chosen = this.state.chosen === stop.number ? null : stop.number;
    }
}

registry.category("actions").add("med_route.map", RouteMap);
