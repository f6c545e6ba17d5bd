from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    med_return_location_id = fields.Many2one(
        "stock.location",
        "Returns area",
        check_company=True,
        domain="[('usage', '=', 'internal'), ('med_is_quarantine', '=', True)]",
        help="Where devices that come back are received, and wait for quality.",
        prefetch="med",
    )

    def _med_return_place(self):
        """The warehouse's returns area, made the first time it is needed."""
        self.ensure_one()
        if not self.med_return_location_id:
            # sudo: whoever takes a return has no rights on warehouses
            warehouse = self.sudo()
            warehouse.med_return_location_id = warehouse.env["stock.location"].create(
                {
                    "name": self.env._("Returns"),
                    "usage": "internal",
                    "location_id": warehouse.view_location_id.id,
                    "company_id": warehouse.company_id.id,
                    "med_is_quarantine": True,
                }
            )
        return self.med_return_location_id
