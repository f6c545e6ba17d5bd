/** The pages of picking: the list, the line to pick, both codes of a label, a choice, done, refused. */
import { Component, useState } from "@odoo/owl";

import { Answer, pages } from "../app/app";
import { isOpen, leftOf } from "../app/judge";

export class Page extends Component {
    static props = { work: Object };
    static components = { Answer };

    setup() {
        this.work = this.props.work;
        this.state = useState(this.work.state);
    }

    say(code, params) {
        return this.work.say(code, params);
    }

    product(line) {
        return this.state.delivery.products[line.product];
    }

    number(quantity) {
        return String(Math.round(quantity * 1e6) / 1e6);
    }

    lotText(line) {
        const isSerial = this.product(line).tracking === "serial";
        return this.say(isSerial ? "app_serial" : "app_lot", { lot: line.lot });
    }

    counted(line) {
        return this.say("app_of", {
            taken: this.number(line.taken),
            wanted: this.number(line.quantity),
        });
    }
}

export class DeliveriesPage extends Page {
    static template = "med_scan.Deliveries";
}

export class PickPage extends Page {
    static template = "med_scan.Pick";

    get line() {
        return this.work.next;
    }

    get left() {
        return this.number(leftOf(this.line));
    }

    get open() {
        return this.state.delivery.lines.filter(isOpen).length;
    }

    get progress() {
        const all = this.state.delivery.lines.length;
        return this.say("app_lines", { open: this.open, all });
    }

    get share() {
        const { lines } = this.state.delivery;
        return Math.round(((lines.length - this.open) / lines.length) * 100);
    }

    get lotName() {
        const isSerial = this.product(this.line).tracking === "serial";
        return this.say(isSerial ? "app_serial_name" : "app_lot_name");
    }

    get isHere() {
        return this.line.location === this.state.at.location;
    }
}

/** A second person counts what the first one picked; he sees what he counted, not what is expected. */
export class ReviewPage extends PickPage {
    static template = "med_scan.Review";

    get lines() {
        return this.state.delivery.lines;
    }
}

const MISSING = ["short_nothing_at_all", "short_fewer", "short_damaged"];

/** Less is there than wanted: why? */
export class MissingPage extends Page {
    static template = "med_scan.Missing";

    setup() {
        super.setup();
        this.line = this.work.next;
        this.reasons = MISSING;
    }
}

export class LabelPage extends Page {
    static template = "med_scan.Label";
}

export class ChoosePage extends Page {
    static template = "med_scan.Choose";
}

export class CompletePage extends Page {
    static template = "med_scan.Complete";

    get isReview() {
        return this.state.delivery.flow === "review";
    }
}

export class ListPage extends Page {
    static template = "med_scan.List";

    get lines() {
        return this.state.delivery.lines;
    }

    isDone(line) {
        return !isOpen(line);
    }
}

export class RefusedPage extends Page {
    static template = "med_scan.Refused";
}

pages
    .add("deliveries", DeliveriesPage)
    .add("pick", PickPage)
    .add("review", ReviewPage)
    .add("missing", MissingPage)
    .add("label", LabelPage)
    .add("choose", ChoosePage)
    .add("complete", CompletePage)
    .add("list", ListPage)
    .add("refused", RefusedPage);
