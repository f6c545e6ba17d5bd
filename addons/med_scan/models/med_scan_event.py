from odoo import fields, models

ENTRIES = ("wedge", "camera", "manual", "rfid")


class MedScanEvent(models.Model):
    """One step of somebody with the app: what was scanned, when, and what was answered.

    Written once. The key is the phone's: who sends a step again, because the network took the
    answer away, gets the same answer, and nothing is done twice.
    """

    _name = "med.scan.event"
    _inherit = ["med.evidence.append.only"]
    _description = "Scan"
    _order = "id desc"
    _rec_name = "key"
    # what was decided is evidence of its own; a leaf per scan would seal nothing more
    _evidence_sealed = False

    key = fields.Char(required=True, help="Made by the phone for each step; never used twice.")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "By", required=True, ondelete="restrict")
    picking_id = fields.Many2one("stock.picking", "Transfer", index=True, ondelete="restrict")
    product_id = fields.Many2one("product.product", "Product", ondelete="restrict")
    lot_id = fields.Many2one("stock.lot", "Lot", ondelete="restrict")
    device = fields.Char("Handheld", help="The number the handheld gave itself.")
    flow = fields.Char(required=True, default="pick")
    code = fields.Char("Scanned", help="What the scanner sent, unchanged.")
    entry = fields.Selection(
        [("wedge", "Scanner"), ("camera", "Camera"), ("manual", "Typed"), ("rfid", "RFID")],
        "Entered by",
        required=True,
        default="wedge",
    )
    reason = fields.Char("Reason for typing")
    scanned_at = fields.Datetime("Scanned at", help="By the clock of the handheld.")
    received_at = fields.Datetime("Received at", required=True, default=fields.Datetime.now, index=True)
    is_goods = fields.Boolean("Goods", help="A label of goods: counts for the accuracy.")
    is_right = fields.Boolean("Right")
    problem = fields.Char("Problem", help="Code of what was wrong.")
    message = fields.Char("Sentence")
    quantity = fields.Float(digits="Product Unit", aggregator="sum")
    changes = fields.Json(help="What was written: line and quantity, for the undo.")
    undoes_id = fields.Integer("Undoes", index="btree_not_null", aggregator=None)
    answer = fields.Json()

    _key_uniq = models.UniqueIndex("(key)", "This step was received already.")

    def _keep(self, vals):
        # sudo: pickers may not create scans by hand; this one is what they did just now
        return self.sudo()._append_row(vals)

    def _answered(self, key):
        """The step that came with ``key`` before, or nothing."""
        # sudo: the key was given by the phone that asks; what a colleague's key answered, is checked
        return self.sudo().search([("key", "=", key)], limit=1)
