import { Component, useState } from "@odoo/owl";
import { BarcodeVideoScanner } from "@web/core/barcode/barcode_video_scanner";
import { translatedTerms, translationLoaded } from "@web/core/l10n/translation";

const SAME = 2000; // ms in which the camera still looks at the same label

// Odoo's words are not on this phone; what is told here, the catalogue tells.
translatedTerms[translationLoaded] = true;

/** Odoo's own decoder over the whole picture: nobody draws a frame with gloves on. */
class Eye extends BarcodeVideoScanner {
    static template = "med_scan.Eye";
    static components = {};
}

/** The decoder kept open: label after label. */
export class Camera extends Component {
    static template = "med_scan.Camera";
    static components = { Eye };
    static props = { onCode: Function, onClose: Function, say: Function };

    setup() {
        this.state = useState({ failed: false });
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
        // what the decoder throws of a blurred picture is no error: the next picture comes
        if (error.name === "Error") {
            this.state.failed = true;
        }
    }
}
