import { _t } from "@web/core/l10n/translation";
import { odooExceptionTitleMap, WarningDialog } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";

// The web client shows sentences only of exceptions it knows by name; of all others, "Oops!".
const GATE_REFUSED = "odoo.addons.med_quality.exceptions.GateRefusedError";

odooExceptionTitleMap.set(GATE_REFUSED, _t("The goods stay here"));
registry.category("error_dialogs").add(GATE_REFUSED, WarningDialog);
