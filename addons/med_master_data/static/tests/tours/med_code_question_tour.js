import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("med_code_question", {
    steps: () => [
        {
            content: "Scan a label",
            trigger: ".o_field_widget[name=code] textarea",
            run: "edit 010690123456789210TOURLOT",
        },
        {
            content: "Leave the field",
            trigger: ".o_field_widget[name=separators] input",
            run: "click",
        },
        { content: "It is understood", trigger: ".alert-success:visible" },
        { content: "The parts are shown", trigger: ".o_med_code_parts:contains('TOURLOT')" },
        {
            content: "A misread code",
            trigger: ".o_field_widget[name=code] textarea",
            run: "edit 010690123456789310TOURLOT",
        },
        {
            content: "Leave the field again",
            trigger: ".o_field_widget[name=separators] input",
            run: "click",
        },
        { content: "The reason is told", trigger: ".alert-danger:contains('06901234567893')" },
        {
            content: "Leave no open form behind",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
    ],
});
