import { registry } from "@web/core/registry";

/** Quality asks what another limit would have done, and looks at the lines. */
registry.category("web_tour.tours").add("med_quality_what_if", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=days] input", run: "edit 500" },
        { trigger: "button[name=action_run]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Replayed)" },
        { trigger: ".oe_stat_button[name=action_open_lines]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(TOUR-LOT) .text-bg-danger" },
        {
            trigger: ".o_data_row:contains(TOUR-LOT) button[name=action_open_picking]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=picking_type_id]" },
    ],
});

/** A refusal shows clause, remedy and who. */
registry.category("web_tour.tours").add("med_quality_refused", {
    steps: () => [
        { trigger: "button[name=button_validate]", run: "click" },
        { trigger: ".o_med_gate_refused .o_med_clause:contains(GSP)" },
        { trigger: ".o_med_gate_refused .o_med_remedy" },
        { trigger: ".o_med_gate_refused .o-default-button", run: "click" },
    ],
});
