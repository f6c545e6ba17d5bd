import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.columns import Columns, Value


class MedLoggerImport(models.TransientModel):
    """Hands a logger's file over; what the file does not say itself, a person says here."""

    _name = "med.logger.import"
    _description = "Import of a logger file"

    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()
    equipment_id = fields.Many2one(
        "maintenance.equipment",
        "Should be of",
        domain=[("med_kind", "!=", False)],
        help="The file is refused when its logger belongs to other equipment.",
    )
    zone = fields.Selection(
        lambda self: self._zones(),
        "Time zone of the logger",
        default=lambda self: self.env.user.tz or self.env.company.partner_id.tz,
    )
    clock = fields.Selection(
        [
            ("steady", "Runs through: nobody changed it in spring and autumn"),
            ("wall", "Follows the clock on the wall, with summer time"),
        ],
        required=True,
        default="steady",
    )
    is_table = fields.Boolean("Name the columns of an unknown table")
    heading_line = fields.Integer("Line of the headings", default=1)
    separator = fields.Selection(
        [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")], "Columns are separated by", default=","
    )
    time_column = fields.Integer("Column of the time", default=1, help="The first column is 1.")
    value_column = fields.Integer("Column of the temperature", default=2, help="The first column is 1.")
    unit = fields.Selection([("C", "°C"), ("F", "°F"), ("K", "K")], default="C")
    decimal_mark = fields.Selection([(".", "Point"), (",", "Comma")], "Decimal mark", default=".")
    date_order = fields.Selection(
        [("ymd", "Year, month, day"), ("dmy", "Day, month, year"), ("mdy", "Month, day, year")], "Order of the date"
    )
    table_serial = fields.Char("Serial number of the logger")

    @api.model
    def _zones(self):
        partner = self.env["res.partner"]
        zones = partner._fields["tz"]._description_selection(self.env)
        return [(name, label.replace("_", " ")) for name, label in zones]

    def action_import(self):
        """Import the file and show what was in it.

        :raises UserError: see ``med.logger.file._import``
        """
        self.ensure_one()
        if not self.env.user.has_group("stock.group_stock_user"):
            raise UserError(self.env._("Only people of the warehouse import logger files."))
        record = self.env["med.logger.file"]._import(
            self.filename or self.env._("Logger file"),
            base64.b64decode(self.file),
            zone=self.zone,
            clock=self.clock,
            columns=self._columns() if self.is_table else None,
            equipment=self.equipment_id,
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.logger.file",
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _columns(self):
        if self.time_column < 1 or self.value_column < 1 or self.heading_line < 0:
            raise UserError(self.env._("Columns and lines are counted from 1."))
        return Columns(
            separator=self.separator or ",",
            heading=self.heading_line,
            time=self.time_column - 1,
            values=(Value(self.value_column - 1, "1", self.unit or "C"),),
            decimal=self.decimal_mark or ".",
            order=self.date_order or "",
            serial=(self.table_serial or "").strip(),
        )
