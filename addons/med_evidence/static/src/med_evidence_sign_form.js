import * as passkeyLib from "@auth_passkey/../lib/simplewebauthn";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** The signing dialog asks the passkey before it sends the button; the challenge comes from the
 * server and is the digest of what is shown. */
export class SignFormController extends FormController {
    setup() {
        super.setup();
        this.orm = useService("orm");
    }

    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name === "action_sign_passkey") {
            const { res_model, res_ids, meaning } = this.model.root.data;
            const options = await this.orm.call("med.evidence.sign", "passkey_options", [
                res_model,
                res_ids,
                meaning,
            ]);
            let answer;
            try {
                answer = await passkeyLib.startAuthentication(options);
            } catch {
                // the signer closed the browser's window: nothing was asked, nothing was signed
                return false;
            }
            await this.model.root.update({ passkey: JSON.stringify(answer) });
        }
        return super.beforeExecuteActionButton(...arguments);
    }
}

registry.category("views").add("med_evidence_sign_form", {
    ...formView,
    Controller: SignFormController,
});
