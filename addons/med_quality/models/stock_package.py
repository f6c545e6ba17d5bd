from odoo import models


class StockPackage(models.Model):
    _inherit = "stock.package"

    def write(self, vals):
        names = vals.keys() & {"name", "complete_name"}
        if names:
            renamed = self.filtered(lambda package: any(package[name] != vals[name] for name in names))
            # sudo: finished movements the user may not see count as well
            lines = (
                self.env["stock.move.line"]
                .sudo()
                .search(
                    [
                        ("result_package_id", "in", renamed.ids),
                        ("state", "=", "done"),
                        ("product_id.med_is_device", "=", True),
                    ],
                    limit=1,
                )
            )
            if lines:
                self.env["med.gate"]._guard(
                    "history_edit", lines.result_package_id, "package_renamed", lines.company_id
                )
        return super().write(vals)


class StockPackageHistory(models.Model):
    _inherit = "stock.package.history"

    def write(self, vals):
        # sudo: finished movements the user may not see count as well
        lines = self.sudo().move_line_ids.filtered(lambda line: line.state == "done" and line.product_id.med_is_device)
        if lines:
            self.env["med.gate"]._guard(
                "history_edit",
                lines.picking_id or lines.move_id,
                "package_history",
                lines.company_id,
            )
        return super().write(vals)
