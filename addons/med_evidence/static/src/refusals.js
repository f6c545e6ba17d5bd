import { odooExceptionTitleMap, WarningDialog } from "@web/core/errors/error_dialogs";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

// The web client shows sentences only of exceptions it knows by name; of all others, "Oops!".
const titles = {
    SignatureRefusedError: _t("Nothing was signed"),
    ReasonRequiredError: _t("Say why"),
};
for (const [name, title] of Object.entries(titles)) {
    const full = `odoo.addons.med_evidence.exceptions.${name}`;
    odooExceptionTitleMap.set(full, title);
    registry.category("error_dialogs").add(full, WarningDialog);
}
