import { registry } from "@web/core/registry";

const choose = (text) => ({
    content: "choose the file",
    trigger: ".o_field_widget[name=file] .o_select_file_button",
    run({ anchor }) {
        // the input itself is never visible
        const input = anchor.closest(".o_field_widget").querySelector("input[type=file]");
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], "products.csv", { type: "text/csv" }));
        input.files = transfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
    },
});

const loaded = {
    content: "it is read",
    trigger: ".o_field_widget[name=file] .o_clear_file_button",
};

registry.category("web_tour.tours").add("med_import_with_errors", {
    url: "/odoo/action-med_master_data.med_import_action",
    steps: () => [
        { content: "a new import", trigger: ".o_list_button_add", run: "click" },
        choose("code,name,cost\nTOUR-1,Stent,10\nTOUR-2,,x\n"),
        loaded,
        { content: "check it", trigger: "button[name=action_check]:visible", run: "click" },
        {
            content: "errors are named",
            trigger: ".o_field_widget[name=error_ids] .o_data_row:contains(cost)",
        },
        {
            content: "nothing was imported",
            trigger: ".alert-danger:contains(Nothing has been imported)",
        },
        {
            content: "take the file out",
            trigger: ".o_field_widget[name=file] .o_clear_file_button",
            run: "click",
        },
        choose("code,name,cost\nTOUR-1,Stent,10\nTOUR-2,Wire,2\n"),
        loaded,
        { content: "check again", trigger: "button[name=action_check]:visible", run: "click" },
        { content: "import it", trigger: "button[name=action_import]:visible", run: "click" },
        {
            content: "all of it is in",
            trigger: ".alert-success:contains(The whole file has been imported)",
        },
        { content: "reconciled", trigger: ".o_notebook .nav-link[name=totals]", run: "click" },
        {
            content: "two records",
            trigger: ".o_field_widget[name=total_ids] .o_data_row:contains(Records)",
        },
    ],
});

registry.category("web_tour.tours").add("med_workbench", {
    url: "/odoo/action-med_master_data.med_data_issue_action",
    steps: () => [
        {
            content: "open the rule",
            trigger: ".o_group_header:contains(Device class is given)",
            run: "click",
        },
        {
            content: "the device",
            trigger: ".o_data_row:contains(Tour device) td[name=value_class]",
            run: "click",
        },
        {
            content: "its class is entered here",
            trigger: ".o_selected_row td[name=value_class] :is(input, select)",
            run: "click",
        },
        {
            content: "class two",
            trigger: ".o_select_menu_item:contains(Class II):not(:contains(Class III))",
            run: "click",
        },
        { content: "saved", trigger: ".o_list_button_save:visible", run: "click" },
        { content: "it is solved", trigger: ".o_data_row.text-success:contains(Tour device)" },
    ],
});
