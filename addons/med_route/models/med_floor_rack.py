from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MedFloorRack(models.Model):
    """A rectangle on the floor of a warehouse that nobody walks through: a rack, a wall, a machine."""

    _name = "med.floor.rack"
    _description = "Obstacle on the warehouse floor"
    _order = "warehouse_id, name, id"

    name = fields.Char(required=True)
    warehouse_id = fields.Many2one("stock.warehouse", "Warehouse", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True)
    x = fields.Float("Left (m)", required=True, digits=(9, 2))
    y = fields.Float("Front (m)", required=True, digits=(9, 2))
    width = fields.Float("Width (m)", required=True, digits=(9, 2))
    depth = fields.Float("Depth (m)", required=True, digits=(9, 2))

    @api.constrains("width", "depth")
    def _check_size(self):
        for rack in self:
            if rack.width <= 0 or rack.depth <= 0:
                raise ValidationError(
                    self.env._("%(rack)s: width and depth are more than nought metres.", rack=rack.name)
                )
