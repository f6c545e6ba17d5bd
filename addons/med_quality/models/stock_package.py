from odoo import models


class StockPackage(models.Model):
    _inherit = "stock.package"

    def write(self, vals):
        if "name" in vals:
            renamed = self.filtered(lambda package: package.name != vals["name"])
            # sudo: finished movements the user may not see count as well
            lines = self.env["stock.move.line"].sudo().search(
                [
                    ("result_package_id", "in", renamed.ids),
                    ("state", "=", "done"),
                    ("product_id.med_is_device", "=", True),
                ],
                limit=1,
            )
            if lines:
                self.env["med.gate"]._guard("history_edit", lines.result_package_id, "package_renamed", lines.company_id)
        return super().write(vals)
