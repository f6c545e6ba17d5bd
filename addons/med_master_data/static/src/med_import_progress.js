import { onWillUnmount, useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

// Often enough to be believed, seldom enough not to be felt.
const EVERY = 2000;

/** A count that another transaction moves on: asked for again while the record waits. */
export class MedImportProgress extends IntegerField {
    setup() {
        super.setup();
        useEffect(
            (state) => {
                clearInterval(this.timer);
                if (state === "queued") {
                    this.timer = setInterval(() => this.props.record.load(), EVERY);
                }
            },
            () => [this.props.record.data.state]
        );
        onWillUnmount(() => clearInterval(this.timer));
    }
}

registry
    .category("fields")
    .add("med_import_progress", { ...integerField, component: MedImportProgress });
