import { registry } from "@web/core/registry";

/** From the transfer to the map, a stop chosen in the list is marked on it. */
registry.category("web_tour.tours").add("med_route_map", {
    steps: () => [
        { trigger: "button[name=action_med_route]", run: "click" },
        { trigger: ".o_med_route_sum:contains(m)" },
        { trigger: ".o_med_route_map .o_med_route_stop:contains(3)" },
        { trigger: ".o_med_route_list li:contains(A1-LOT):contains(Knee implant)" },
        { trigger: ".o_med_route_list li:nth-child(2) button", run: "click" },
        { trigger: ".o_med_route_list li:nth-child(2).border-warning" },
        { trigger: ".o_med_route_stop:contains(2) circle[fill='#fd7e14']" },
    ],
});
