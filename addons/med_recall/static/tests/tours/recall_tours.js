import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const dialog = ".modal:has([name=meaning_label])";

/** Sign by the button that says so, as the first signature of a session. */
const sign = (button, { reason = null } = {}) => [
    { trigger: `button[name=action_sign]:contains(${button})`, run: "click" },
    { trigger: `${dialog} [name=login] input`, run: "edit t_quality" },
    ...(reason ? [{ trigger: `${dialog} [name=reason] textarea`, run: `edit ${reason}` }] : []),
    { trigger: `${dialog} [name=password] input`, run: "edit correct horse battery" },
    { trigger: `${dialog} button[name=action_sign]`, run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

/** From the dashboard to the recall, everything held by one signature, and where it all went. */
tours.add("med_recall_hold_and_trace", {
    steps: () => [
        {
            trigger: ".o_med_recall_dashboard .o_med_open_recall:contains(Screws may break)",
            run: "click",
        },
        ...sign("Hold everything"),
        { trigger: ".o_arrow_button_current:contains(Held)" },
        { trigger: "button[name=action_open_trace_picture]", run: "click" },
        { trigger: ".o_med_trace_lot:contains(TOURED):contains(Went to 6)" },
        { trigger: ".o_med_time_line circle" },
        { trigger: ".o_med_branch:contains(First Hospital):contains(6)", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains(TOURED):contains(First Hospital)" },
        { trigger: ".breadcrumb-item a:contains(Trace of), .o_back_button a", run: "click" },
        { trigger: ".o_med_trace_table", run: "click" },
        { trigger: ".o_list_view .o_group_header:contains(Came from)" },
    ],
});

/** What the dashboard says of a drill, of the night before and of how fast things went. */
tours.add("med_recall_dashboard", {
    steps: () => [
        { trigger: ".o_med_drills .o_med_score_bar" },
        { trigger: ".o_med_readiness .o_med_score_bar" },
        { trigger: ".o_med_figure[data-name=hours_to_hold]:contains(min)", run: "click" },
        { trigger: ".o_list_view .o_data_row" },
        { trigger: ".o_back_button a, .breadcrumb-item a:contains(dashboard)", run: "click" },
        { trigger: ".o_med_drills .o_med_score_bar", run: "click" },
        { trigger: ".o_field_widget[name=drill_step_ids] .o_data_row:contains(Lots traced)" },
    ],
});

/** A consignee answers from his phone, without an account; a figure too high is told to him. */
tours.add("med_recall_answer", {
    steps: () => [
        { trigger: ".o_med_recall_answer h2:contains(Recall)" },
        { trigger: "input[name^=used_]", run: "edit 99" },
        { trigger: "input[name=name]", run: "edit Dr Li" },
        {
            trigger: "button[type=submit]:contains(Send the answer)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-danger:contains(99)" },
        { trigger: "input[name^=used_]", run: "edit 2" },
        { trigger: "input[name^=in_stock_]", run: "edit 4" },
        { trigger: "input[name^=returning_]", run: "edit 4" },
        {
            trigger: "button[type=submit]:contains(Send the answer)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success" },
    ],
});
