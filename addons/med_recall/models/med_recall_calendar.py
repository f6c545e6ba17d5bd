from odoo import fields, models

from ..lib.deadlines import Calendar


class MedRecallCalendar(models.Model):
    """Which days a deadline in working days counts. The official list is entered every year."""

    _name = "med.recall.calendar"
    _inherit = ["med.evidence.tracked"]
    _description = "Working days of a jurisdiction"
    _order = "name"
    _evidence_fields = ("name",)

    name = fields.Char(required=True, translate=True)
    day_ids = fields.One2many("med.recall.calendar.day", "calendar_id", "Days")

    def _calendar(self):
        """The calendar as the deadline rules read it."""
        days = self.day_ids.grouped("kind")
        return Calendar(
            frozenset(days.get("holiday", self.day_ids[:0]).mapped("day")),
            frozenset(days.get("workday", self.day_ids[:0]).mapped("day")),
        )


class MedRecallCalendarDay(models.Model):
    _name = "med.recall.calendar.day"
    _inherit = ["med.evidence.tracked"]
    _description = "Day that is not what its weekday says"
    _order = "day"
    _rec_name = "day"
    _evidence_fields = ("calendar_id", "day", "kind")

    calendar_id = fields.Many2one("med.recall.calendar", "Working days", required=True, index=True, ondelete="cascade")
    day = fields.Date(required=True)
    kind = fields.Selection(
        [("holiday", "Holiday"), ("workday", "Worked weekend day")], "What it is", required=True, default="holiday"
    )

    _day_uniq = models.UniqueIndex("(calendar_id, day)", "This day is in the calendar already. Change its line.")
