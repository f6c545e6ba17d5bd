from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class StockLocation(models.Model):
    _inherit = "stock.location"

    med_is_quarantine = fields.Boolean(
        "Quarantine",
        help="Returned goods are kept here. Regulated devices leave it by a signed decision only.",
    )

    @api.constrains("med_is_quarantine", "location_id", "usage")
    def _check_med_is_quarantine(self):
        quarantine = self.filtered("med_is_quarantine")
        # sudo: the shelves of any warehouse, whoever draws the places
        shelves = self.env["stock.warehouse"].sudo().search([]).lot_stock_id if quarantine else self.browse()
        for place in quarantine:
            if place.usage != "internal":
                raise ValidationError(
                    self.env._("%(place)s: only an internal location can be a quarantine.", place=place.complete_name)
                )
            above = {int(part) for part in (place.parent_path or "").split("/") if part}
            shelf = shelves.filtered(lambda one, above=above: one.id in above)
            if shelf:
                raise ValidationError(
                    self.env._(
                        "%(place)s lies inside of %(shelf)s, from where orders are served. Put the quarantine beside it.",
                        place=place.complete_name,
                        shelf=shelf[:1].complete_name,
                    )
                )

    def _med_takes_returns(self):
        """Whether what a consignee sends back may be received here."""
        return self.med_is_quarantine

    def write(self, vals):
        if "med_is_quarantine" in vals and not vals["med_is_quarantine"]:
            self.filtered("med_is_quarantine")._med_check_empty()
        return super().write(vals)

    def _med_check_empty(self):
        """A place does not stop being a quarantine under the goods that lie in it."""
        # sudo: goods of any owner and company
        quant = (
            self.env["stock.quant"]
            .sudo()
            .search(
                [("location_id", "in", self.ids), ("quantity", ">", 0), ("product_id.med_is_device", "=", True)],
                limit=1,
            )
        )
        if quant:
            raise UserError(
                self.env._(
                    "%(product)s lies in %(place)s. Decide on what is there first; then it may become an ordinary"
                    " location.",
                    product=quant.product_id.display_name,
                    place=quant.location_id.complete_name,
                )
            )
