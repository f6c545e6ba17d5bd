from odoo import models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        res = super()._action_done()
        # the code of the type is read by Odoo already: what leaves pays nothing here
        self.filtered(lambda p: p.picking_type_id.code == "incoming" and p.state == "done")._med_open_inspections()
        return res

    def _med_open_inspections(self):
        """Open what the plans ask for the lots that came in, for all lines at once."""
        for company, pickings in self.grouped("company_id").items():
            for trigger, usages in (("receipt", ("supplier",)), ("return", ("customer",))):
                rows = {}
                for line in pickings.move_line_ids:
                    if line.lot_id and line.product_id.med_is_device and line.location_id.usage in usages:
                        row = rows.setdefault(
                            (line.picking_id, line.lot_id),
                            {
                                "lot": line.lot_id,
                                "picking": line.picking_id,
                                "partner": line.picking_id.partner_id,
                                "quantity": 0,
                            },
                        )
                        row["quantity"] += line.quantity_product_uom
                if rows:
                    self.env["med.inspection"]._open(trigger, list(rows.values()), company)


class StockLot(models.Model):
    _inherit = "stock.lot"

    def action_med_inspect(self):
        """Inspect on demand: the open inspection of the lot, or a new one by its plan."""
        self.ensure_one()
        inspections = self.env["med.inspection"]
        inspection = inspections.search([("lot_id", "=", self.id), ("state", "=", "open")], limit=1)
        if not inspection:
            company = self.company_id or self.env.company
            row = {"lot": self, "quantity": self.product_qty or 1}
            inspection = inspections._open("demand", [row], company)
        if not inspection:
            raise UserError(
                self.env._(
                    "No inspection plan fits lot %(lot)s. Quality sets plans up under Inspection plans.", lot=self.name
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.inspection",
            "res_id": inspection.id,
            "views": [(False, "form")],
        }

    def action_med_report(self):
        """A new deviation about this lot, to be filled in by whoever found something."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.deviation",
            "views": [(False, "form")],
            "context": {"default_lot_ids": [(6, 0, self.ids)]},
        }

    def _signature_check(self, meaning):
        super()._signature_check(meaning)
        if meaning == "release" and not self.env.context.get("med_deviation_decides"):
            held = self.env["med.deviation"].search(
                [("lot_ids", "in", self.ids), ("state", "in", ("open", "contained", "investigated"))]
            )
            if held:
                raise UserError(
                    self.env._(
                        "%(deviations)s: not decided yet. Decide what becomes of the lot there; that signature releases it.",
                        deviations=", ".join(held.mapped("name")),
                    )
                )
