import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const dialog = ".modal:has([name=meaning_label])";

const now = (label) => ({ trigger: `.o_arrow_button_current:contains(${label})` });
const fill = (name, value) => ({
    trigger: `.o_field_widget[name=${name}] :is(input, textarea)`,
    run: `edit ${value}`,
});
const press = (name) => ({ trigger: `button[name=${name}]:enabled`, run: "click" });
const open = (page) => ({ trigger: `.nav-link[name=${page}]`, run: "click" });

/** Sign by the button that says so; the first signature of a session asks for the user name too. */
const sign = (button, { login = null, reason = null } = {}) => [
    { trigger: `button[name=action_sign]:contains(${button})`, run: "click" },
    { trigger: `${dialog} [name=signer_name]:contains(Quality)` },
    ...(login ? [{ trigger: `${dialog} [name=login] input`, run: `edit ${login}` }] : []),
    ...(reason ? [{ trigger: `${dialog} [name=reason] textarea`, run: `edit ${reason}` }] : []),
    { trigger: `${dialog} [name=password] input`, run: "edit correct horse battery" },
    { trigger: `${dialog} button[name=action_sign]`, run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

/** Quality releases a lot by signature, and puts it on hold again. */
tours.add("med_quality_release_and_hold", {
    steps: () => [
        now("Quarantine"),
        ...sign("Release", { login: "t_quality" }),
        now("Released"),
        ...sign("Put on hold", { reason: "A torn box was found" }),
        now("On hold"),
        { trigger: "[name=signature_ids] .o_data_row:contains(Quality)" },
    ],
});

/** A proposal shows what it would have done, is signed, and is in force. */
tours.add("med_quality_policy_change", {
    steps: () => [
        press("action_propose"),
        fill("limit_days", 500),
        fill("note", "Agreed with the hospitals"),
        { trigger: "button[name=action_what_if].btn-primary", run: "click" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(TOUR-LOT)" },
        { trigger: ".o_field_widget[name=change_id] .o_form_uri", run: "click" },
        { trigger: ".alert .o_field_widget[name=stops]:contains(1)" },
        ...sign("Sign and put in force", { login: "t_quality" }),
        now("In force"),
    ],
});

/** On a tablet: from the first check of a receipt to the lot that is released. */
tours.add("med_quality_inspection_tablet", {
    steps: () => [
        press("action_inspect"),
        { trigger: ".o_med_tablet h1:contains(Package whole)" },
        {
            trigger: ".o_med_tablet button[name=action_pass]",
            run() {
                const { height, bottom } = this.anchor.getBoundingClientRect();
                if (height < 64 || bottom > window.innerHeight) {
                    throw new Error(
                        `Pass is ${height} high and ends at ${bottom}: no glove hits it`
                    );
                }
                this.anchor.click();
            },
        },
        { trigger: ".o_med_tablet h1:contains(Length)" },
        { trigger: ".o_med_tablet [name=value] input", run: "edit 11" },
        { trigger: ".o_med_tablet [name=instrument_id] input", run: "edit CAL-1" },
        { trigger: ".o-autocomplete--dropdown-item:contains(CAL-1)", run: "click" },
        { trigger: ".o_med_tablet button[name=action_measured]", run: "click" },
        { trigger: "[name=verdict]:contains(Passes)" },
        ...sign("Passed", { login: "t_quality" }),
        now("Passed"),
    ],
});

/** From a scan at the shelf to the closed deviation. */
tours.add("med_quality_deviation", {
    steps: () => [
        { trigger: ".o_control_panel button:contains(Report by scan)", run: "click" },
        { trigger: ".modal [name=code] input", run: "edit 010690123456789210SHELF" },
        { trigger: ".modal button[name=action_open]", run: "click" },
        now("Open"),
        { trigger: "[name=lot_ids] .o_tag:contains(SHELF)" },
        fill("containment", "Set aside"),
        press("action_contain"),
        now("Contained"),
        open("why"),
        fill("investigation", "Opened three boxes"),
        fill("root_cause", "Wet pallet"),
        press("action_investigate"),
        now("Investigated"),
        open("actions"),
        { trigger: "[name=action_ids] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: "[name=action_ids] [name=name] input", run: "edit Cover the pallets" },
        { trigger: "[name=action_ids] [name=date_due] :is(input, button)", run: "click" },
        { trigger: "[name=action_ids] [name=date_due] input", run: "edit 12/31/2099" },
        { trigger: "[name=action_ids] [name=result] input", run: "edit Covered" },
        open("decision"),
        { trigger: ".o_field_widget[name=disposition] .o_select_menu_input", run: "click" },
        { trigger: ".o_select_menu_item:contains(Release)", run: "click" },
        fill("disposition_reason", "The inner packs are dry"),
        ...sign("Decide", { login: "t_quality" }),
        now("Decided"),
        press("action_act"),
        now("Actions running"),
        open("actions"),
        { trigger: "[name=action_ids] button[name=action_done]", run: "click" },
        { trigger: "[name=action_ids] [name=done_at]:not(:empty)" },
        fill("effectiveness", "The next two receipts were dry"),
        press("action_check"),
        now("Effect checked"),
        ...sign("Close"),
        now("Closed"),
    ],
});
