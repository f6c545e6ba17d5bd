from odoo import fields, models


class StockLocation(models.Model):
    _inherit = "stock.location"

    med_on_map = fields.Boolean("On the map", help="The coordinates say where one stands to pick here.", prefetch="med")
    med_x = fields.Float("X (m)", digits=(9, 2), prefetch="med", help="Metres from the left wall to where one stands.")
    med_y = fields.Float("Y (m)", digits=(9, 2), prefetch="med", help="Metres from the front wall to where one stands.")
