import { registry } from "@web/core/registry";

/** The supervisor looks at the figures, chooses a span and opens the deliveries behind one of them. */
registry.category("web_tour.tours").add("med_outbound_dashboard", {
    steps: () => [
        { trigger: ".o_med_outbound_dashboard .o_med_tile[data-name=share_otif]:contains(%)" },
        { trigger: ".o_med_outbound_dashboard button[data-days='7']", run: "click" },
        { trigger: ".o_med_outbound_dashboard button[data-days='7'].btn-primary" },
        { trigger: ".o_med_outbound_dashboard .o_med_shelf button" },
        { trigger: ".o_med_outbound_dashboard .o_med_tile[data-name=share_on_time]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(OUT)" },
    ],
});
