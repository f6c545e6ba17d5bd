from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..lib import lot_text

NAMED = {"lot", "serial", "lot_range", "serial_range", "purchase", "sterilisation"}
DATED = {"expiry": "expiration_date", "made": "med_production_date"}


class MedRecallScope(models.Model):
    """One line of what a recall is about. Lines add up; a person confirms each of them."""

    _name = "med.recall.scope"
    _inherit = ["med.evidence.tracked"]
    _description = "Line of a recall's scope"
    _order = "recall_id, id"
    _rec_name = "kind"
    _evidence_fields = ("recall_id", "kind", "first", "last", "day_from", "day_to", "is_confirmed")

    recall_id = fields.Many2one("med.recall", "Recall", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True)
    kind = fields.Selection(selection="_selection_kind", string="What", required=True, default="lot")
    first = fields.Char("From", help="The lot, serial or identifier, or the first of a range.")
    last = fields.Char("To", help="The last of a range.")
    day_from = fields.Date("Day from")
    day_to = fields.Date("Day to")
    partner_id = fields.Many2one("res.partner", "Supplier")
    picking_id = fields.Many2one("stock.picking", "Receipt")
    is_confirmed = fields.Boolean("Confirmed", help="A person looked at this line and says it is right.")
    lot_count = fields.Integer("Lots found", compute="_compute_lot_count")

    @api.model
    def _selection_kind(self):
        labels = {
            "lot": self.env._("Lot"),
            "lot_range": self.env._("Range of lots"),
            "serial": self.env._("Serial number"),
            "serial_range": self.env._("Range of serial numbers"),
            "di": self.env._("UDI-DI"),
            "model": self.env._("Model or catalogue number"),
            "expiry": self.env._("Expiry date"),
            "made": self.env._("Production date"),
            "shipped": self.env._("Shipped by the maker"),
            "supplier": self.env._("Supplier"),
            "receipt": self.env._("Goods receipt"),
            "purchase": self.env._("Purchase order"),
            "sterilisation": self.env._("Sterilisation batch"),
            "all": self.env._("All lots"),
        }
        return list(labels.items())

    @api.constrains("kind", "first", "last", "day_from", "day_to", "partner_id", "picking_id")
    def _check_filled(self):
        for line in self:
            problem = None
            if line.kind in NAMED | {"di", "model"} and not (line.first or "").strip():
                problem = self.env._("Enter which one.")
            elif line.kind.endswith("_range") and not lot_text.in_range(line.last or "", line.first, line.last or ""):
                problem = self.env._(
                    "“%(first)s” to “%(last)s” spans nothing: both ends need the same letters and as many digits.",
                    first=line.first,
                    last=line.last or "",
                )
            elif line.kind in (*DATED, "shipped") and not (line.day_from or line.day_to):
                problem = self.env._("Enter a first or a last day.")
            elif line.day_from and line.day_to and line.day_from > line.day_to:
                problem = self.env._("The first day is after the last.")
            elif line.kind == "supplier" and not line.partner_id:
                problem = self.env._("Choose the supplier.")
            elif line.kind == "receipt" and not line.picking_id:
                problem = self.env._("Choose the goods receipt.")
            if problem:
                labels = dict(self._selection_kind())
                raise ValidationError(
                    self.env._("Scope, line “%(kind)s”: %(problem)s", kind=labels[line.kind], problem=problem)
                )

    @api.depends("kind", "first", "last", "day_from", "day_to", "partner_id", "picking_id", "recall_id.product_ids")
    def _compute_lot_count(self):
        for line in self:
            try:
                line.lot_count = len(line._lots())
            except UserError:
                line.lot_count = 0

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    def unlink(self):
        self._check_open()
        return super().unlink()

    def _check_open(self):
        held = self.recall_id.filtered(lambda recall: recall.state != "draft")
        if held:
            raise UserError(
                self.env._(
                    "%(recall)s is held already; its scope is what was signed. Begin another recall for more lots.",
                    recall=held[0].name,
                )
            )

    # Which lots ------------------------------------------------------------------------

    def _products(self):
        """Products that lines of identifiers and models name."""
        words = [line.first.strip() for line in self if line.kind in ("di", "model") and line.first]
        if not words:
            return self.env["product.product"]
        identifiers = [word.zfill(14) if word.isdigit() else word for word in words]
        return self.env["product.product"].search(
            Domain("default_code", "in", words)
            | Domain("barcode", "in", words)
            | Domain("product_tmpl_id.med_identifier_ids.di", "in", identifiers)
        )

    def _lots(self):
        """The lots that any of these lines means, of the recall's products."""
        lots = self.env["stock.lot"]
        for recall, lines in self.grouped("recall_id").items():
            products = recall.product_ids or lines._products()
            for line in lines:
                if line.kind in ("di", "model"):
                    # they say which product, not which lots, unless nothing else is said
                    if set(lines.mapped("kind")) <= {"di", "model"}:
                        lots |= lots.search(Domain("product_id", "in", (products or line._products()).ids))
                    continue
                lots |= line._line_lots(products)
        return lots

    def _line_lots(self, products):
        lot = self.env["stock.lot"]
        base = Domain("product_id", "in", products.ids) if products else Domain.TRUE
        if self.kind in ("lot", "serial"):
            return lot.search(base & Domain("name", "=", (self.first or "").strip()))
        if self.kind in ("lot_range", "serial_range"):
            found = lot.search(base & Domain("name", ">=", self.first) & Domain("name", "<=", self.last))
            return found.filtered(lambda lot: lot_text.in_range(lot.name, self.first, self.last))
        if self.kind == "sterilisation":
            # one run sterilises goods of many products; where some are named, only those
            return lot.search(base & Domain("med_sterilisation_batch", "=", (self.first or "").strip()))
        if self.kind == "purchase":
            return self._received_lots(base, self._purchase_domain())
        if not products:
            raise UserError(
                self.env._(
                    "Say which products this recall is about; dates, suppliers and “all lots” mean nothing alone."
                )
            )
        if self.kind in DATED:
            domain = base & Domain(DATED[self.kind], "!=", False)
            if self.day_from:
                domain &= Domain(DATED[self.kind], ">=", self.day_from)
            if self.day_to:
                domain &= Domain(DATED[self.kind], "<", fields.Date.add(self.day_to, days=1))
            return lot.search(domain)
        if self.kind == "supplier":
            return self._received_lots(base, Domain("picking_id.partner_id", "child_of", self.partner_id.ids))
        if self.kind == "receipt":
            return self._received_lots(base, Domain("picking_id", "=", self.picking_id.id))
        if self.kind == "shipped":
            # when the maker shipped is his knowledge; what we received since then is ours
            since = Domain("date", ">=", self.day_from) if self.day_from else Domain.TRUE
            return self._received_lots(base, since)
        return lot.search(base)

    def _purchase_domain(self):
        """Receipts on the purchase order that ``first`` names."""
        number = (self.first or "").strip()
        domain = Domain("picking_id.origin", "=", number)
        if "purchase_line_id" in self.env["stock.move"]._fields:  # a wing of Odoo's that need not be there
            domain |= Domain("move_id.purchase_line_id.order_id.name", "=", number)
        return domain

    def _received_lots(self, base, domain):
        lines = self.env["stock.move.line"].search(
            domain
            & Domain("state", "=", "done")
            & Domain("location_id.usage", "=", "supplier")
            & Domain("lot_id", "!=", False)
        )
        return self.env["stock.lot"].search(base & Domain("id", "in", lines.lot_id.ids))
