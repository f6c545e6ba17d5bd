import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** An alarm comes to the screen of whoever is told, wherever he is in Odoo. */
export const alarmService = {
    dependencies: ["bus_service", "notification", "action"],
    start(env, { bus_service, notification, action }) {
        bus_service.subscribe("med_coldchain.alarm", (alarm) => {
            notification.add(alarm.message, {
                title: alarm.title,
                type: alarm.severity === "minor" ? "warning" : "danger",
                sticky: true,
                buttons: [
                    {
                        name: _t("Show"),
                        primary: true,
                        onClick: () =>
                            action.doAction({
                                type: "ir.actions.act_window",
                                res_model: "med.temperature.excursion",
                                res_id: alarm.excursion_id,
                                views: [[false, "form"]],
                            }),
                    },
                ],
            });
        });
        bus_service.start();
    },
};

registry.category("services").add("med_coldchain.alarm", alarmService);
