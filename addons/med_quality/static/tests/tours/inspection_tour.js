import { registry } from "@web/core/registry";

// A tablet: from the first check of a receipt to the lot that is released.
registry.category("web_tour.tours").add("med_inspection_tablet", {
    steps: () => [
        { trigger: "button[name=action_inspect]", run: "click" },
        { trigger: ".o_med_tablet h1:contains(Package whole)" },
        { trigger: ".o_med_tablet button[name=action_pass]", run: "click" },
        { trigger: ".o_med_tablet h1:contains(Length)" },
        { trigger: ".o_med_tablet .o_field_widget[name=value] input", run: "edit 11" },
        { trigger: ".o_med_tablet .o_field_widget[name=instrument_id] input", run: "edit CAL-1" },
        { trigger: ".o-autocomplete--dropdown-item:contains(CAL-1)", run: "click" },
        { trigger: ".o_med_tablet button[name=action_measured]", run: "click" },
        { trigger: "button.btn-primary[name=action_sign]:contains(Passed)", run: "click" },
        { trigger: ".modal .o_field_widget[name=password] input", run: "edit correct horse battery" },
        { trigger: ".modal button[name=action_sign]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Passed)" },
    ],
});

// From what was found at the shelf to the closed deviation.
registry.category("web_tour.tours").add("med_deviation_way", {
    steps: () => {
        const sign = (label) => [
            { trigger: `button[name=action_sign]:contains(${label})`, run: "click" },
            { trigger: ".modal .o_field_widget[name=password] input", run: "edit correct horse battery" },
            { trigger: ".modal button[name=action_sign]", run: "click" },
        ];
        const now = (label) => ({ trigger: `.o_arrow_button_current:contains(${label})` });
        return [
            now("Open"),
            { trigger: ".o_field_widget[name=containment] textarea", run: "edit Set aside" },
            { trigger: "button[name=action_contain]", run: "click" },
            now("Contained"),
            { trigger: ".nav-link[name=why]", run: "click" },
            { trigger: ".o_field_widget[name=investigation] textarea", run: "edit Opened three" },
            { trigger: ".o_field_widget[name=root_cause] textarea", run: "edit Wet pallet" },
            { trigger: "button[name=action_investigate]", run: "click" },
            now("Investigated"),
            { trigger: ".nav-link[name=decision]", run: "click" },
            { trigger: ".o_field_widget[name=disposition_reason] textarea", run: "edit Inner packs dry" },
            ...sign("Decide"),
            now("Decided"),
            { trigger: "button[name=action_act]", run: "click" },
            now("Actions running"),
            { trigger: ".nav-link[name=actions]", run: "click" },
            { trigger: "button[name=action_done]", run: "click" },
            { trigger: ".o_field_widget[name=effectiveness] textarea", run: "edit Next receipts dry" },
            { trigger: "button[name=action_check]", run: "click" },
            now("Effect checked"),
            ...sign("Close"),
            now("Closed"),
        ];
    },
});
