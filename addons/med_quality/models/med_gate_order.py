"""The same judges, asked when goods are ordered: certificates on three sides, first approval, UDI."""

from markupsafe import Markup
from odoo import api, fields, models

# What can be known before there is a lot and a transfer.
ORDER_RULES = (
    "licence_invalid",
    "own_licence_invalid",
    "registration_invalid",
    "product_not_approved",
    "partner_not_approved",
    "master_data_incomplete",
    "udi_missing",
)
# A production day comes with the lot.
LATER = {("udi_missing", "unknown_day")}


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    @api.model
    def _judge_order(self, company, pairs, direction):
        """What would stand against trading these products with these partners today.

        :param pairs: [(product, partner)], each once; plain products are left out
        :param str direction: ``out`` for sales, ``in`` for purchases
        :return: {(product, partner): [verdicts]}
        """
        pairs = [(product, partner) for product, partner in pairs if product.med_is_device]
        if not pairs:
            return {}
        usage = ("internal", "customer") if direction == "out" else ("supplier", "internal")
        # sudo: the order desk sees what is missing, without being allowed to read stock and licences
        env = self.with_company(company).sudo().env
        places = {name: env["stock.location"].new({"usage": name, "company_id": company.id}) for name in usage}
        lines = []
        for product, partner in pairs:
            move = env["stock.move"].new({"partner_id": partner.id, "company_id": company.id})
            lines.append(
                env["stock.move.line"].new(
                    {
                        "move_id": move,
                        "company_id": company.id,
                        "product_id": product.id,
                        "product_uom_id": product.uom_id.id,
                        "quantity": 1,
                        "location_id": places[usage[0]],
                        "location_dest_id": places[usage[1]],
                    }
                )
            )
        of_line = {line.id: pair for line, pair in zip(lines, pairs, strict=True)}
        found = {}
        for verdict in self._judge(env["stock.move.line"].concat(*lines), "ship" if direction == "out" else "receive"):
            finding = verdict.finding
            if finding.rule in ORDER_RULES and (finding.rule, finding.problem) not in LATER:
                found.setdefault(of_line[verdict.line.key], []).append(verdict)
        return found

    def _order_sentence(self, verdict):
        """As at the gate; where the gate would speak of a lot, of what may still be traded."""
        line, finding = verdict.line, verdict.finding
        if finding.rule == "registration_invalid" and finding.problem in ("expired", "not_yet"):
            return self.env._(
                "Certificate %(number)s of %(product)s is not in force today: only what was made while it was valid"
                " may be traded. Ask quality for the renewed certificate.",
                number=finding.params.get("number", "–"),
                product=line.product_name,
            )
        return self._sentence(verdict)


class MedOrderCertificates(models.AbstractModel):
    """An order for devices: what stands against it is shown on it and, when it is confirmed, a to-do
    of quality. The gate asks again when the goods move."""

    _name = "med.order.certificates"
    _description = "Order whose certificates are checked"

    _med_direction = "out"

    med_findings = fields.Text("Certificates to settle", compute="_compute_med_findings")

    def _med_order_lines(self):
        """The order's lines with a ``product_id``."""
        return self.order_line

    def _med_order_partner(self):
        """Whom the goods go to or come from."""
        return self.partner_id

    def _med_order_verdicts(self):
        """{(order, product): verdicts}, read in sets per company."""
        found = {}
        for company, orders in self.grouped("company_id").items():
            asked = {
                (product, order._med_order_partner()): None
                for order in orders
                for product in order._med_order_lines().product_id.filtered("med_is_device")
            }
            if not asked:
                continue
            verdicts = self.env["med.gate"]._judge_order(company or self.env.company, list(asked), self._med_direction)
            for order in orders:
                for product in order._med_order_lines().product_id:
                    if told := verdicts.get((product, order._med_order_partner())):
                        found[order, product] = told
        return found

    def _med_findings_by_order(self):
        """{order: sentences, each once}"""
        gate, found = self.env["med.gate"], {}
        for (order, _product), verdicts in self._med_order_verdicts().items():
            found.setdefault(order, {}).update(dict.fromkeys(gate._order_sentence(verdict) for verdict in verdicts))
        return {order: list(sentences) for order, sentences in found.items()}

    def _compute_med_findings(self):
        found = self._med_findings_by_order()
        for order in self:
            order.med_findings = "\n".join(found.get(order, ())) or False

    def _med_note_findings(self):
        """Confirmed with something against it: a to-do of quality, and evidence of what was known."""
        gate = self.env["med.gate"]
        entries = {}
        for (order, _product), verdicts in self._med_order_verdicts().items():
            entries.setdefault(order, []).extend(verdicts)
        self.env["med.evidence.event"]._record(
            "order.findings",
            [
                {"record": order, "body": {"findings": [self._med_finding_fact(verdict) for verdict in verdicts]}}
                for order, verdicts in entries.items()
            ],
        )
        for order, verdicts in entries.items():
            user = (order.company_id or self.env.company)._med_quality_contact()
            if user:
                # in the language of who reads it
                theirs = gate.with_context(lang=user.lang)
                sentences = dict.fromkeys(theirs._order_sentence(verdict) for verdict in verdicts)
                # sudo: a to-do for quality, whoever confirms
                order.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=theirs.env._("Certificates to settle before the goods move"),
                    note=Markup("<br/>").join(sentences),
                    user_id=user.id,
                )

    def _med_finding_fact(self, verdict):
        return {
            "rule": verdict.finding.rule,
            "problem": verdict.finding.problem,
            "effect": verdict.policy.effect,
            "product": verdict.line.product_name,
            **verdict.finding.params,
        }


class MedOrderLineCertificates(models.AbstractModel):
    _name = "med.order.line.certificates"
    _description = "Order line whose certificates are checked"

    med_finding = fields.Text("Certificates", compute="_compute_med_finding")

    @api.depends("product_id")
    def _compute_med_finding(self):
        verdicts = self.order_id._med_order_verdicts() if any(self.mapped("product_id.med_is_device")) else {}
        gate = self.env["med.gate"]
        for line in self:
            told = verdicts.get((line.order_id, line.product_id), ())
            line.med_finding = "\n".join(gate._order_sentence(verdict) for verdict in told) or False
