from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.lib import canonical
from odoo.addons.med_evidence.models.med_evidence_append_only import APPEND


class MedRecallDisposal(models.Model):
    """Recalled units that are destroyed or go back to the supplier: two people sign, then Odoo's
    own scrap or transfer happens."""

    _name = "med.recall.disposal"
    _inherit = ["med.signable"]
    _description = "Disposal of recalled goods"
    _order = "id desc"
    _rec_name = "lot_id"

    recall_id = fields.Many2one("med.recall", "Recall", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    kind = fields.Selection(
        [("destroy", "Destroy"), ("supplier", "Return to the supplier")], required=True, default="destroy"
    )
    lot_id = fields.Many2one("stock.lot", "Lot", required=True)
    location_id = fields.Many2one("stock.location", "Taken from", required=True, domain="[('usage', '=', 'internal')]")
    partner_id = fields.Many2one("res.partner", "Supplier")
    quantity = fields.Float(required=True, digits="Product Unit")
    certificate = fields.Binary("Certificate", attachment=True)
    certificate_name = fields.Char("Name of the certificate")
    state = fields.Selection(
        [("open", "To be signed"), ("signed", "Signed once"), ("done", "Done")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    picking_id = fields.Many2one("stock.picking", "Transfer", readonly=True, copy=False)
    scrap_id = fields.Many2one("stock.scrap", "Scrap", readonly=True, copy=False)

    @api.constrains("quantity", "kind", "partner_id", "lot_id")
    def _check_filled(self):
        for disposal in self:
            if disposal.quantity <= 0:
                raise UserError(self.env._("Enter how many units are disposed of."))
            if disposal.kind == "supplier" and not disposal.partner_id:
                raise UserError(self.env._("Choose the supplier the goods go back to."))
            if disposal.lot_id not in disposal.recall_id.lot_ids:
                raise UserError(self.env._("Lot %(lot)s is not in this recall.", lot=disposal.lot_id.name))

    def _signature_meanings(self):
        return {
            "dispose": self.env._("I dispose of these recalled goods"),
            "witness": self.env._("I witnessed the disposal of these recalled goods"),
        }

    def _signature_snapshot(self, meaning):
        return {
            "recall": self.recall_id.name,
            "kind": self.kind,
            "lot": [self.lot_id.id, self.lot_id.name],
            "from": self.location_id.id,
            "to": self.partner_id.id or 0,
            "quantity": canonical.quantity(self.quantity),
            "certificate": canonical.digest(self.certificate.decode()) if self.certificate else "",
        }

    def _signature_display(self, meaning):
        return {
            self.env._("Recall"): self.recall_id.name,
            self.env._("Lot"): f"{self.lot_id.product_id.display_name} {self.lot_id.name}",
            self.env._("Quantity"): f"{self.quantity:g}",
        }

    def _signature_check(self, meaning):
        self.check_access("write")
        # two people at once: the second waits here
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        for disposal in self:
            if disposal.state != ("open" if meaning == "dispose" else "signed"):
                raise UserError(self.env._("This signature is not what comes next here. Reload and look."))
            if meaning == "witness":
                first = disposal._valid_signatures("dispose")
                if not first:
                    raise UserError(
                        self.env._("The disposal was changed after the first signature. Enter it anew and sign again.")
                    )
                if self.env.user in first.user_id:
                    raise UserError(self.env._("You signed the disposal yourself. Somebody else has to witness it."))
                if not disposal.certificate:
                    raise UserError(
                        self.env._("Attach the certificate first, then witness. The first signature is then anew.")
                    )

    def _signature_applied(self, meaning, signatures):
        for disposal in self:
            if meaning == "dispose":
                disposal._keep({"state": "signed"})
            else:
                disposal._dispose()

    def _keep(self, values):
        # sudo: a state follows from signatures
        self.sudo().with_context(med_recall_token=APPEND).write(values)

    def write(self, vals):
        if self.env.context.get("med_recall_token") is not APPEND and (
            "state" in vals or any(disposal.state == "done" for disposal in self)
        ):
            raise UserError(self.env._("A disposal follows from its two signatures and does not change any more."))
        return super().write(vals)

    def _dispose(self):
        # sudo: two people signed for exactly this movement, whatever each may write alone
        lot = self.lot_id.sudo()
        if self.kind == "destroy":
            scrap = (
                self.env["stock.scrap"]
                .sudo()
                .create(
                    {
                        "product_id": lot.product_id.id,
                        "lot_id": lot.id,
                        "location_id": self.location_id.id,
                        "scrap_qty": self.quantity,
                        "product_uom_id": lot.product_id.uom_id.id,
                        "company_id": self.company_id.id,
                        "origin": self.recall_id.name,
                    }
                )
            )
            scrap.do_scrap()
            self._keep({"scrap_id": scrap.id, "state": "done"})
            return
        warehouse = self.location_id.warehouse_id
        suppliers = self.env.ref("stock.stock_location_suppliers")
        values = {"product_id": lot.product_id.id, "location_id": self.location_id.id, "location_dest_id": suppliers.id}
        picking = (
            self.env["stock.picking"]
            .sudo()
            .create(
                {
                    "picking_type_id": warehouse.out_type_id.id,
                    "partner_id": self.partner_id.id,
                    "location_id": self.location_id.id,
                    "location_dest_id": suppliers.id,
                    "origin": self.recall_id.name,
                    "med_recall_id": self.recall_id.id,
                    "move_ids": [
                        Command.create(
                            {
                                **values,
                                "product_uom_qty": self.quantity,
                                "move_line_ids": [
                                    Command.create({**values, "lot_id": lot.id, "quantity": self.quantity})
                                ],
                            }
                        )
                    ],
                }
            )
        )
        picking.move_ids.move_line_ids.picking_id = picking
        picking.action_confirm()
        self._keep({"picking_id": picking.id, "state": "done"})
