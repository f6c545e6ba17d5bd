import { registry } from "@web/core/registry";

const LABEL = "(01)09506000134352(10)";

/** What a wedge sends: the label, then Enter. */
function send(input, code) {
    input.value = code;
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
}

registry.category("web_tour.tours").add("med_outbound_blind_review", {
    steps: () => [
        {
            trigger: ".o_med_review_scan input",
            run() {
                send(this.anchor, `${LABEL}BLIND-A`);
                send(this.anchor, `${LABEL}BLIND-A`);
            },
        },
        { trigger: ".o_med_review_scan .o_med_counted:contains(BLIND-A: 2)" },
        {
            trigger:
                ".o_field_widget[name=line_ids] .o_data_cell[name=counted_quantity]:contains(2)",
        },
        { trigger: ".o_field_widget[name=line_ids]:not(:has(th[data-name=expected_quantity]))" },
        {
            trigger: ".o_med_review_scan input",
            run() {
                send(this.anchor, `${LABEL}BLIND-C`);
            },
        },
        { trigger: ".o_med_review_scan .o_med_refused:contains(BLIND-C)" },
        { trigger: ".o_field_widget[name=line_ids]:contains(BLIND-A):not(:contains(BLIND-C))" },
    ],
});
