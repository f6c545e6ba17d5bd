from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    med_recall_location_id = fields.Many2one(
        "stock.location",
        "Recall cage",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Where recalled goods are put apart, here and when they come back.",
        prefetch="med",
    )

    def _med_recall_cage(self):
        """The warehouse's recall cage, made the first time it is needed."""
        self.ensure_one()
        if not self.med_recall_location_id:
            # sudo: quality begins a recall and has no rights on warehouses
            warehouse = self.sudo()
            warehouse.med_recall_location_id = warehouse.env["stock.location"].create(
                {
                    "name": self.env._("Recall"),
                    "usage": "internal",
                    "location_id": warehouse.view_location_id.id,
                    "company_id": warehouse.company_id.id,
                }
            )
        return self.med_recall_location_id


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _med_takes_returns(self):
        """Recalled goods come back into the cage, where the recall decides on them."""
        return super()._med_takes_returns() or self == self.warehouse_id.med_recall_location_id
