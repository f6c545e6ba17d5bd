from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Long enough to renew a document in time; the legal renewal windows are tasks of their own.
EXPIRING_DAYS = 90


class MedValidity(models.AbstractModel):
    """A document with a period of validity. ``valid_to`` is the last valid day; empty is unlimited.

    The state depends on today, so it is never stored, and it is searched by the dates.
    """

    _name = "med.validity"
    _description = "Period of validity"

    valid_from = fields.Date(help="First day on which the document is valid. Empty: not limited.")
    valid_to = fields.Date(help="Last day on which the document is valid. Empty: not limited.")
    state = fields.Selection(
        "_selection_state",
        string="Status",
        compute="_compute_state",
        search="_search_state",
        help="Expires soon: within 90 days.",
    )

    def _selection_state(self):
        # said here for the documents of every addon, whose own translations do not know these words
        _ = self.env._
        states = {
            "future": _("Not yet valid"),
            "valid": _("Valid"),
            "expiring": _("Expires soon"),
            "expired": _("Expired"),
        }
        return list(states.items())

    @api.depends("valid_from", "valid_to")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        soon = today + timedelta(days=EXPIRING_DAYS)
        for record in self:
            if record.valid_to and record.valid_to < today:
                record.state = "expired"
            elif record.valid_from and record.valid_from > today:
                record.state = "future"
            elif record.valid_to and record.valid_to <= soon:
                record.state = "expiring"
            else:
                record.state = "valid"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        soon = today + timedelta(days=EXPIRING_DAYS)
        expired = Domain("valid_to", "<", today)
        future = ~expired & Domain("valid_from", ">", today)
        expiring = ~expired & ~future & Domain("valid_to", ">=", today) & Domain("valid_to", "<=", soon)
        by_state = {
            "expired": expired,
            "future": future,
            "expiring": expiring,
            "valid": ~expired & ~future & ~expiring,
        }
        return Domain.OR(by_state[state] for state in value if state in by_state)

    @api.constrains("valid_from", "valid_to")
    def _check_period(self):
        for record in self:
            if record.valid_from and record.valid_to and record.valid_to < record.valid_from:
                raise ValidationError(
                    self.env._(
                        "%(document)s: the last valid day %(to)s is before the first, %(from)s. Correct one of them.",
                        document=record.display_name,
                        to=record.valid_to,
                        **{"from": record.valid_from},
                    )
                )

    def _is_valid_on(self, day):
        """True when this one document is valid on ``day``."""
        self.ensure_one()
        return (not self.valid_from or self.valid_from <= day) and (not self.valid_to or day <= self.valid_to)
