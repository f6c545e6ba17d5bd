import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const dialog = ".modal:has([name=meaning_label])";

/** Fill in the signing dialog and sign. */
function sign(login) {
    return [
        {
            content: "the dialog says who signs and that what",
            trigger: `${dialog} [name=signer_name]:contains(Auditor)`,
        },
        {
            content: "the first signature of a session asks for the user name",
            trigger: `${dialog} [name=login] input`,
            run: `edit ${login}`,
        },
        {
            trigger: `${dialog} [name=password] input`,
            run: "edit correct horse battery",
        },
        {
            trigger: `${dialog} button[name=action_sign]`,
            run: "click",
        },
        { trigger: "body:not(:has(.modal))" },
    ];
}

/** Take the list of who may do what, look at what is signed, and sign it. */
tours.add("med_evidence_sign", {
    steps: () => [
        { trigger: ".o_list_view button[name=action_take]", run: "click" },
        { trigger: ".o_form_view [name=line_ids] .o_data_row" },
        {
            trigger: ".o_form_view [name=note] textarea",
            run: "edit All as it should be.",
        },
        { trigger: ".o_form_view button[name=action_sign]", run: "click" },
        {
            content: "what is signed is shown before",
            trigger: `${dialog} [name=content]:contains(All as it should be.)`,
        },
        {
            content: "with its fingerprint",
            trigger: `${dialog} .o_med_hash`,
        },
        ...sign("t_auditor"),
        {
            content: "the signature stands on the record, not void",
            trigger: "[name=signature_ids] .o_data_row:contains(Auditor):not(.text-danger)",
        },
    ],
});

/** Several alarms in one act: each is listed, each gets its own signature. */
tours.add("med_evidence_series", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(first)" },
        { trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button[name=action_sign]", run: "click" },
        { trigger: `${dialog} .o_med_series li:contains(first)` },
        { trigger: `${dialog} .o_med_series li:contains(second)` },
        { trigger: `${dialog} [name=content]:contains(A note on the first)` },
        { trigger: `${dialog} [name=content]:contains(A note on the second)` },
        ...sign("t_auditor"),
    ],
});

/** A signature whose content changed says so, and what changed. */
tours.add("med_evidence_void", {
    steps: () => [
        {
            trigger: "[name=signature_ids] .o_data_row.text-danger td[name=user_name]",
            run: "click",
        },
        { trigger: ".modal [name=content] th:contains(Now)" },
        { trigger: ".modal .alert-danger:contains(no longer says what was signed)" },
    ],
});

/** Search, keep the search as a filter, and open an event that shows old and new. */
tours.add("med_evidence_search", {
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        { trigger: ".o_searchview_input", run: "edit Tour subject" },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: ".o_searchview_facet:contains(Tour subject)" },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_favorite_menu .o_add_favorite", run: "click" },
        { trigger: ".o_favorite_menu .o_input[type=text]", run: "edit About the subject" },
        { trigger: ".o_favorite_menu .o_save_favorite", run: "click" },
        { trigger: ".o_searchview_facet:contains(About the subject)" },
        { trigger: ".o_data_row:contains(Changed) td[name=res_name]", run: "click" },
        { trigger: ".o_form_view .o_med_changes td:contains(→)" },
    ],
});

/** Sign with a passkey; the browser's authenticator answers. */
tours.add("med_evidence_passkey", {
    steps: () => [
        { trigger: ".o_form_view button[name=action_sign]", run: "click" },
        { trigger: `${dialog} button[name=action_sign_passkey]`, run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "[name=signature_ids] .o_data_row:contains(Auditor)" },
    ],
});

/** A change that takes a reason: the form asks, and keeps asking until somebody says it. */
tours.add("med_evidence_reason", {
    steps: () => [
        { trigger: ".o_data_row [name=session_minutes]", run: "click" },
        { trigger: ".o_data_row [name=session_minutes] input", run: "edit 7" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: ".modal button.btn-primary:disabled" },
        { trigger: ".modal textarea.o_med_reason", run: "edit The auditors asked for it" },
        { trigger: ".modal button.btn-primary:enabled", run: "click" },
        { trigger: ".o_list_view:not(:has(.o_selected_row))" },
    ],
});

/** From a record to everything on file about it. */
tours.add("med_evidence_menu", {
    steps: () => [
        { trigger: ".o_control_panel .o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { trigger: ".o_med_evidence_menu", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(Created)" },
    ],
});
