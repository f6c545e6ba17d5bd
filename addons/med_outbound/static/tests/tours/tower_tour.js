import { registry } from "@web/core/registry";

/** The supervisor sees what is blocked and why, and sends on what is ready, without leaving the board. */
registry.category("web_tour.tours").add("med_outbound_tower", {
    steps: () => [
        { trigger: ".o_med_tower_stage[data-stage=picked] button", run: "click" },
        { trigger: ".o_med_tower_stage[data-stage=picked].border-primary" },
        {
            trigger:
                ".o_med_tower_row.table-warning:contains(TOWER) .o_med_tower_next:contains(See why)",
            run: "click",
        },
        { trigger: ".o_notification:contains(TOWER)" },
        { trigger: ".o_med_tower_stage[data-stage=reviewed] button", run: "click" },
        { trigger: ".o_med_tower_stage[data-stage=reviewed].border-primary" },
        {
            trigger:
                ".o_med_tower_row:contains(First Hospital) .o_med_tower_next:contains(Ship):first",
            run: "click",
        },
        { trigger: ".o_med_tower_stage[data-stage=reviewed] button", run: "click" },
        { trigger: ".o_med_tower_stage[data-stage=shipped] button", run: "click" },
        { trigger: ".o_med_tower_row .o_med_tower_next:contains(Receipt link)" },
    ],
});
