import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Look at a forecast, take a cleaning back, know better. */
tours.add("med_planning_forecast", {
    steps: () => [
        { trigger: ".o_data_row:contains(Knee implant) td[name=product_id]", run: "click" },
        { content: "the chart is drawn", trigger: ".o_med_forecast_chart canvas" },
        {
            content: "what was cleaned is told",
            trigger: ".o_med_forecast_chart tr:contains(One-off) button:contains(Take back)",
            run: "click",
        },
        { trigger: ".modal [name=reason] input", run: "edit They order so each year" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_med_forecast_chart:contains(from the next run on)" },
        { trigger: "button[name=action_override]", run: "click" },
        { trigger: ".modal [name=quantity] input", run: "edit 20" },
        { trigger: ".modal [name=reason] input", run: "edit A ward opens" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            trigger:
                "body:not(:has(.modal)) [name=override_ids] .o_data_row:contains(A ward opens)",
        },
    ],
});

/** What to order: look at the reason, order, and find a request for quotation. */
tours.add("med_planning_order", {
    steps: () => [
        { trigger: ".o_data_row:contains(Stent) td[name=product_id]", run: "click" },
        { trigger: ".o_form_view [name=why]:contains(safety stock)" },
        { trigger: ".o_form_view button[name=action_order]", run: "click" },
        {
            content: "a draft, which a buyer confirms",
            trigger: ".o_form_view:contains(Request for Quotation)",
        },
    ],
});

/** What will expire unsold: what can be done, and doing it. */
tours.add("med_planning_expiry", {
    steps: () => [
        { trigger: ".o_data_row:contains(NEAR) td[name=lot_id]", run: "click" },
        { trigger: ".o_form_view [name=ranked]:contains(Ship first)" },
        { trigger: ".o_form_view button[name=action_decide]", run: "click" },
        { trigger: ".o_form_view [name=decision]:contains(Ship first)" },
    ],
});

/** A quarter: figures, a finding, an action, a signature. */
tours.add("med_planning_review", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "button[name=action_freeze]", run: "click" },
        { trigger: "[name=figure_ids] .o_data_row:contains(On time)" },
        { trigger: ".nav-link:contains(Findings and actions)", run: "click" },
        { trigger: "[name=finding_ids] .o_field_x2many_list_row_add a", run: "click" },
        {
            trigger: "[name=finding_ids] .o_selected_row [name=name] input",
            run: "edit New pickers guess",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_status_indicator_buttons.invisible" },
        { trigger: "button[name=action_sign]:contains(Sign as prepared)", run: "click" },
        { trigger: ".modal [name=login] input", run: "edit t_quality" },
        { trigger: ".modal [name=password] input", run: "edit correct horse battery" },
        { trigger: ".modal button[name=action_sign]", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_sign]:contains(Approve)" },
    ],
});

/** One tap and one sentence from wherever one is. */
tours.add("med_planning_feedback", {
    steps: () => [
        // a page that is still opening would close the dialog again
        { trigger: ".o_med_tower" },
        { trigger: ".o_med_floor_feedback", run: "click" },
        { trigger: ".modal [name=name] input", run: "edit The label hides the lot" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
