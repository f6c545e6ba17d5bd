import { registry } from "@web/core/registry";
import { onMounted, onWillUnmount } from "@odoo/owl";
import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

const EVERY = 1000;

/** A progress bar that reads its record again as long as the work on the server goes on. */
export class MedEvidenceProgress extends ProgressBarField {
    setup() {
        super.setup();
        onMounted(() => {
            this.timer = setInterval(() => this.reload(), EVERY);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    async reload() {
        if (["waiting", "running"].includes(this.props.record.data.state)) {
            await this.props.record.load();
        }
    }
}

registry.category("fields").add("med_evidence_progress", {
    ...progressBarField,
    component: MedEvidenceProgress,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
