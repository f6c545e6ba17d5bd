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
