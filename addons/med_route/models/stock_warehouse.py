from odoo import fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    med_rack_ids = fields.One2many("med.floor.rack", "warehouse_id", "Obstacles on the floor")
    med_start_x = fields.Float("Walks begin at X (m)", digits=(9, 2))
    med_start_y = fields.Float("Walks begin at Y (m)", digits=(9, 2))
    med_end_x = fields.Float("Walks end at X (m)", digits=(9, 2))
    med_end_y = fields.Float("Walks end at Y (m)", digits=(9, 2))


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    med_walk = fields.Selection(
        [("shortest", "Shortest way"), ("cold_last", "Shortest way, cold goods last")],
        "Picking route",
        default="shortest",
        required=True,
        help="Cold goods last: their time out of the cold room is as short as it can be.",
    )
