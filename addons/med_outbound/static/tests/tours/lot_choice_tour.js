import { registry } from "@web/core/registry";

/** The order desk asks why a lot is not offered, and is told clause, remedy and who. */
registry.category("web_tour.tours").add("med_outbound_lot_choice", {
    steps: () => [
        { trigger: ".o_field_widget[name=order_line] .o_med_lot_choice", run: "click" },
        {
            trigger:
                ".o_med_lot_choice_dialog .o_med_lot_excluded:contains(HELD) .o_med_clause:contains(GSP)",
        },
        { trigger: ".o_med_lot_choice_dialog .o_med_lot_excluded:contains(HELD) .o_med_remedy" },
        { trigger: ".o_med_lot_choice_dialog .o_med_lot_eligible:contains(GOOD)" },
        { trigger: ".o_med_lot_choice_dialog .o-default-button", run: "click" },
        { trigger: "body:not(:has(.o_med_lot_choice_dialog))" },
    ],
});
