from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MedRecallProfile(models.Model):
    """A class of recall in one jurisdiction: its deadlines, how often consignees are reminded and
    how many are checked. Rules of law are data, so that a change of law changes no code."""

    _name = "med.recall.profile"
    _inherit = ["med.evidence.tracked"]
    _description = "Recall class of a jurisdiction"
    _order = "sequence, id"
    _evidence_fields = ("name", "jurisdiction", "level", "check_level", "reminder_days", "active")

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    jurisdiction = fields.Selection([("cn", "China"), ("eu", "European Union"), ("us", "United States")], required=True)
    level = fields.Char("Class", help="I, II or III, as the authority calls it.")
    clause = fields.Char("Clause", help="Where the rule stands.")
    calendar_id = fields.Many2one("med.recall.calendar", "Working days")
    check_level = fields.Selection(
        [(level, level) for level in "ABCDE"],
        "Effectiveness checks",
        required=True,
        default="A",
        help="A: every consignee, B: half of them, C: one in ten, D: one in fifty, E: none (21 CFR 7.42).",
    )
    reminder_days = fields.Integer("Remind every (days)", default=3, required=True)
    reminder_limit = fields.Integer(
        "Reminders", default=3, required=True, help="After so many reminders the consignee is telephoned."
    )
    link_days = fields.Integer("Link valid (days)", default=60, required=True)
    deadline_ids = fields.One2many("med.recall.profile.deadline", "profile_id", "Deadlines")

    @api.constrains("reminder_days", "reminder_limit", "link_days")
    def _check_days(self):
        for profile in self:
            if profile.reminder_days < 1 or profile.reminder_limit < 0 or not 1 <= profile.link_days <= 365:
                raise ValidationError(
                    self.env._(
                        "%(profile)s: remind every 1 or more days, and let the link be valid for 1 to 365 days.",
                        profile=profile.name,
                    )
                )


class MedRecallProfileDeadline(models.Model):
    _name = "med.recall.profile.deadline"
    _inherit = ["med.evidence.tracked"]
    _description = "Deadline of a recall class"
    _order = "profile_id, sequence, id"
    _evidence_fields = ("profile_id", "kind", "start", "number", "unit", "escalate_hours")

    profile_id = fields.Many2one("med.recall.profile", "Recall class", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection="_selection_kind", string="What is due", required=True)
    start = fields.Selection(
        [("decision", "Decision to recall"), ("completion", "Completion of the recall")],
        "Counted from",
        required=True,
        default="decision",
    )
    number = fields.Integer("How many", required=True)
    unit = fields.Selection(
        [("hours", "Hours"), ("days", "Calendar days"), ("working", "Working days")], required=True, default="days"
    )
    escalate_hours = fields.Integer("Warn before (hours)", default=24)
    clause = fields.Char("Clause")

    @api.model
    def _selection_kind(self):
        labels = {
            "hold": self.env._("Hold everything here"),
            "notify": self.env._("Notify every consignee"),
            "authority": self.env._("Report to the authority"),
            "plan": self.env._("Investigation report and recall plan"),
            "status": self.env._("Status report"),
            "summary": self.env._("Summary report"),
        }
        return list(labels.items())

    @api.constrains("number", "unit")
    def _check_number(self):
        for deadline in self:
            if not 0 <= deadline.number <= (8760 if deadline.unit == "hours" else 3650):
                raise ValidationError(self.env._("A deadline lies between now and ten years from now."))
