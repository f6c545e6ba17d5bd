import { registry } from "@web/core/registry";

const PASSWORD = "correct horse battery";

const dialog = ".modal:has([name=meaning_label])";

/** Sign; the first signature of a session asks for the user name as well. */
const sign = (button, isFirst = true) => [
    { trigger: `button[name=action_sign]:contains(${button})`, run: "click" },
    ...(isFirst ? [{ trigger: `${dialog} [name=login] input`, run: "edit t_quality" }] : []),
    { trigger: `${dialog} [name=reason] textarea`, run: "edit tour" },
    { trigger: `${dialog} [name=password] input`, run: `edit ${PASSWORD}` },
    { trigger: `${dialog} button[name=action_sign]`, run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

/** Quality releases a lot by signature, and puts it on hold again. */
registry.category("web_tour.tours").add("med_quality_release_and_hold", {
    steps: () => [
        { trigger: ".o_arrow_button_current:contains(Quarantine)" },
        ...sign("Release"),
        { trigger: ".o_arrow_button_current:contains(Released)" },
        ...sign("Put on hold", false),
        { trigger: ".o_arrow_button_current:contains(On hold)" },
    ],
});

/** Quality asks what another limit would have done, and looks at the lines. */
registry.category("web_tour.tours").add("med_quality_what_if", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=days] input", run: "edit 500" },
        { trigger: "button[name=action_run]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Replayed)" },
        { trigger: ".oe_stat_button[name=action_open_lines]", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(TOUR-LOT) .text-bg-danger" },
        { trigger: ".o_data_row:contains(TOUR-LOT) button[name=action_open_picking]", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=picking_type_id]" },
    ],
});

/** A proposal is replayed, then signed and put in force. */
registry.category("web_tour.tours").add("med_quality_policy_change", {
    steps: () => [
        { trigger: "button[name=action_propose]", run: "click" },
        { trigger: ".o_field_widget[name=limit_days] input", run: "edit 45" },
        { trigger: ".o_field_widget[name=note] textarea", run: "edit agreed with the hospitals" },
        { trigger: "button[name=action_what_if].btn-primary", run: "click" },
        { trigger: ".o_field_widget[name=question]" },
        { trigger: ".o_field_widget[name=change_id] a, .o_field_widget[name=change_id] .o_form_uri", run: "click" },
        ...sign("Sign and put in force"),
        { trigger: ".o_arrow_button_current:contains(In force)" },
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
