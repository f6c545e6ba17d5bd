"""Where deviations come from without anybody writing them: counts and refusals of the gate."""

import json

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    med_count_tolerance = fields.Float(
        "Count difference without deviation",
        help="A count of a regulated device that differs by more units than this opens a deviation.",
        prefetch="med",
    )


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _apply_inventory(self, date=None):
        # what is no device pays a look at its cached flag
        found = [
            (quant.company_id, quant.lot_id, quant.product_id, quant.location_id, quant.inventory_diff_quantity)
            for quant in self
            if quant.product_id.med_is_device
        ]
        res = super()._apply_inventory(date=date)
        by_company = {}
        for company, lot, product, location, difference in found:
            if difference and abs(difference) > company.med_count_tolerance:
                # a quant at a consignee or in transit may be of no company
                by_company.setdefault(company or self.env.company, []).append((lot, product, location, difference))
        for company, rows in by_company.items():
            self._med_count_deviation(company, rows)
        return res

    def _med_count_deviation(self, company, rows):
        """One deviation for the whole count of a company (GSP 77), with a line per difference."""
        self.env["med.deviation"]._open_all(
            [
                {
                    "source": "count",
                    "severity": "major",
                    "title": self.env._("Count difference"),
                    "description": "\n".join(
                        f"{product.display_name} {lot.name or ''}, {location.complete_name}: {difference:+g}"
                        for lot, product, location, difference in rows
                    ),
                    "lot_ids": [(6, 0, list({lot.id for lot, *_ in rows if lot}))],
                }
            ],
            company,
        )


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    def action_med_open_deviation(self):
        """A deviation prefilled with what the gate refused; the same refusal opens only one."""
        self.ensure_one()
        self.check_access("read")
        deviations = self.env["med.deviation"]
        record = deviations.search([("event_id", "=", self.id)], limit=1)
        if not record:
            record = deviations.create(self._med_deviation_vals())
        return record._action_show()

    def _med_deviation_vals(self):
        body = json.loads(self.body or "{}")
        names = {finding.get("lot") for finding in body.get("findings", [])}
        picking = self.env["stock.picking"]
        if self.res_model == "stock.picking":
            picking = picking.browse(self.res_id).exists()
        found = picking.move_line_ids.lot_id.filtered(lambda lot: lot.name in names)
        return {
            "source": "gate",
            "event_id": self.id,
            "company_id": self.company_id.id or self.env.company.id,
            "title": self.env._("The gate refused %(record)s", record=self.res_name or ""),
            "description": json.dumps(body, ensure_ascii=False, indent=1),
            "lot_ids": [(6, 0, found.ids)],
            "picking_ids": [(6, 0, picking.ids)],
            "partner_id": picking.partner_id.id,
        }


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_med_open_deviation(self):
        """A deviation about this transfer, prefilled with what the gate refused last, if it did."""
        self.ensure_one()
        self.check_access("read")
        # sudo: who was refused may read why, though not the evidence of others
        event = (
            self.env["med.evidence.event"]
            .sudo()
            .search(
                [("kind", "=", "gate.refused"), ("res_model", "=", self._name), ("res_id", "=", self.id)],
                order="id desc",
                limit=1,
            )
        )
        deviations = self.env["med.deviation"]
        record = deviations.search([("event_id", "=", event.id)], limit=1) if event else deviations
        if not record:
            vals = event._med_deviation_vals() if event else self._med_deviation_vals()
            record = deviations.create(vals)
        return record._action_show()

    def _med_deviation_vals(self):
        return {
            "title": self.name,
            "company_id": self.company_id.id,
            "picking_ids": [(6, 0, self.ids)],
            "partner_id": self.partner_id.id,
        }
