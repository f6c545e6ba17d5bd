import time

from odoo import api, fields, models
from odoo.tools import SQL

LOTS = 20


class MedRecallReadiness(models.Model):
    """How well a recall would go today. Each night the lots that would hurt most are traced on live
    data, without touching a thing; the score can fall, and says why."""

    _name = "med.recall.readiness"
    _description = "Recall readiness"
    _order = "checked_at desc, id desc"
    _rec_name = "checked_at"

    company_id = fields.Many2one("res.company", "Company", required=True, readonly=True)
    checked_at = fields.Datetime("Checked at", required=True, readonly=True)
    lot_count = fields.Integer("Lots traced", readonly=True)
    balanced_count = fields.Integer("Lots that balance", readonly=True)
    consignee_count = fields.Integer("Consignees", readonly=True)
    reachable_count = fields.Integer("Consignees with an address", readonly=True)
    licensed_count = fields.Integer("Consignees with a licence in force", readonly=True)
    seconds = fields.Float("Took (s)", readonly=True)
    score = fields.Integer("Score (%)", readonly=True, aggregator="avg")
    finding_ids = fields.One2many("med.recall.readiness.finding", "readiness_id", "What would fail today")

    @api.model
    def _cron_check(self):
        for company in self.env["res.company"].search([]):
            self.with_company(company)._check()

    @api.model
    def _check(self, lots=None):
        """Trace the riskiest lots of the company and write down what a recall would stumble on."""
        start = time.monotonic()
        company = self.env.company
        trace = self.env["med.recall.trace"]
        lots = self._risky_lots(company) if lots is None else lots
        balances = trace._balances(lots)
        findings = []
        balanced = 0
        for lot in lots:
            balance, figure = balances[lot.id]
            difference = float(figure - balance.here)
            if abs(difference) < 1e-5:
                balanced += 1
                continue
            findings.append({"kind": "balance", "lot_id": lot.id, "difference": difference})
        partner_ids = {
            key for balance, _f in balances.values() for key, has in balance.consignees.items() if has > 0 and key
        }
        partners = self.env["res.partner"].browse(sorted(partner_ids))
        contacts = partners._med_recall_contact()
        today = fields.Date.context_today(self)
        reachable = licensed = 0
        for account, contact in contacts.items():
            if contact.email:
                reachable += 1
            else:
                findings.append({"kind": "contact", "partner_id": account.id})
            # sudo: a licence is judged whoever may read it
            if any(lic.valid_to and lic.valid_to >= today for lic in account.sudo().med_licence_ids):
                licensed += 1
            else:
                findings.append({"kind": "licence", "partner_id": account.id})
        parts = [(balanced, len(lots)), (reachable, len(contacts)), (licensed, len(contacts))]
        shares = [part / whole for part, whole in parts if whole]
        return self.create(
            {
                "company_id": company.id,
                "checked_at": fields.Datetime.now(),
                "lot_count": len(lots),
                "balanced_count": balanced,
                "consignee_count": len(contacts),
                "reachable_count": reachable,
                "licensed_count": licensed,
                "seconds": time.monotonic() - start,
                "score": round(100 * sum(shares) / len(shares)) if shares else 100,
                "finding_ids": [fields.Command.create(finding) for finding in findings],
            }
        )

    def _risky_lots(self, company):
        """The devices' lots with the most deliveries of the last year, implants first."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.lot_id
                   FROM stock_move_line line
                   JOIN stock_location went ON went.id = line.location_dest_id
                   JOIN product_product product ON product.id = line.product_id
                   JOIN product_template template ON template.id = product.product_tmpl_id
                   WHERE line.state = 'done' AND line.lot_id IS NOT NULL AND line.company_id = %s
                     AND went.usage = 'customer' AND template.med_is_device
                     AND line.date > now() AT TIME ZONE 'UTC' - interval '1 year'
                   GROUP BY line.lot_id, template.med_is_implant
                   ORDER BY template.med_is_implant DESC NULLS LAST, count(*) DESC, line.lot_id LIMIT %s""",
                company.id,
                LOTS,
            )
        )
        return self.env["stock.lot"].browse([lot_id for (lot_id,) in rows])


class MedRecallReadinessFinding(models.Model):
    _name = "med.recall.readiness.finding"
    _description = "What a recall would stumble on"
    _order = "kind, id"
    _rec_name = "kind"

    readiness_id = fields.Many2one("med.recall.readiness", "Readiness", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="readiness_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("balance", "The lot does not balance"),
            ("contact", "The consignee has no e-mail address"),
            ("licence", "The consignee has no licence in force"),
        ],
        "Finding",
        required=True,
        readonly=True,
    )
    lot_id = fields.Many2one("stock.lot", "Lot", readonly=True)
    partner_id = fields.Many2one("res.partner", "Consignee", readonly=True)
    difference = fields.Float(readonly=True, digits="Product Unit", help="Stock figure less what the movements say.")
