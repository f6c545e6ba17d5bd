import { registry } from "@web/core/registry";

/** From the board to the course of the room that is too warm, and to its excursion, which is acknowledged. */
registry.category("web_tour.tours").add("med_coldchain_alarm", {
    steps: () => [
        {
            trigger:
                ".o_med_cold_card:first:contains(Room):contains(9.0 °C):contains(Out of range)",
        },
        { trigger: ".o_med_cold_curve:has(.o_med_cold_limit):has(.o_med_cold_excursion)" },
        { trigger: ".o_med_cold_span:contains(Week)", run: "click" },
        { trigger: ".o_med_cold_span.active:contains(Week)" },
        { trigger: ".o_med_cold_card:first .badge:contains(Excursions)", run: "click" },
        { trigger: ".o_data_row td:contains(Too warm)", run: "click" },
        { trigger: ".o_field_widget[name=harmed_lot_ids]:contains(COLD-1)" },
        { trigger: ".o_field_widget[name=comment] textarea", run: "edit Moved to room 2" },
        { trigger: "button[name=action_acknowledge]", run: "click" },
        { trigger: ".o_field_widget[name=acknowledged_by]:contains(Quality)" },
    ],
});

/** The hand-over record of a cold delivery: box, logger, temperature when leaving. */
registry.category("web_tour.tours").add("med_coldchain_hand_over", {
    steps: () => [
        { trigger: "button[name=action_med_cold_transport]", run: "click" },
        { trigger: ".o_field_widget[name=box_id] input", run: "edit Box" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Box)", run: "click" },
        { trigger: ".o_field_widget[name=logger_id] input", run: "edit Logger" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Logger)", run: "click" },
        { trigger: ".o_field_widget[name=has_departure] input", run: "click" },
        { trigger: ".o_field_widget[name=departure_temp] input", run: "edit 4.5" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
    ],
});
