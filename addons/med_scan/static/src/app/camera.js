import { Component, useState } from "@odoo/owl";
import { BarcodeVideoScanner } from "@web/core/barcode/barcode_video_scanner";

const SAME = 2000; // ms in which the camera still looks at the same label

/** Odoo's own decoder, kept open: label after label. */
export class Camera extends Component {
    static template = "med_scan.Camera";
    static components = { BarcodeVideoScanner };
    static props = { onCode: Function, onClose: Function, say: Function };

    setup() {
        this.state = useState({ error: "" });
        this.last = { code: "", at: 0 };
        this.onResult = this.onResult.bind(this);
        this.onError = this.onError.bind(this);
    }

    onResult(code) {
        const now = performance.now();
        const isSame = code === this.last.code && now - this.last.at < SAME;
        this.last = { code, at: now };
        if (!isSame) {
            this.props.onCode(code);
        }
    }

    onError(error) {
        this.state.error = error.message;
    }
}
