from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib import mkt
from ..lib.cold_facts import Range
from ..lib.exposure import Band
from ..lib.judgement import Terms


def milli(celsius):
    return round(celsius * 1000)


class MedStorageProfile(models.Model):
    """What temperatures goods bear, for how long, and when somebody is told. Data, one per kind of storage."""

    _name = "med.storage.profile"
    _inherit = ["med.evidence.tracked"]
    _description = "Storage profile"
    _order = "sequence, id"
    _evidence_fields = (
        "name",
        "has_min",
        "min_temp",
        "has_max",
        "max_temp",
        "is_strict",
        "low_delay",
        "high_delay",
        "is_freeze_sensitive",
        "freeze_temp",
        "freeze_delay",
        "rate_limit",
        "cumulated_minutes",
        "repeated_count",
        "window_hours",
        "gap_minutes",
        "has_mkt",
        "mkt_limit",
        "mkt_energy",
        "is_unknown_worst",
        "active",
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    # A float field cannot be empty: whether there is a limit is a fact of its own.
    has_min = fields.Boolean("Has a lower limit")
    min_temp = fields.Float("Lower limit (°C)", digits=(6, 1), aggregator=None)
    has_max = fields.Boolean("Has an upper limit")
    max_temp = fields.Float("Upper limit (°C)", digits=(6, 1), aggregator=None)
    is_strict = fields.Boolean("Limits are outside", help="Whether the limit itself is already out of range.")
    low_delay = fields.Integer(
        "Alarm below after (min)", help="How long it may be too cold before it is an excursion. 0: at once."
    )
    high_delay = fields.Integer(
        "Alarm above after (min)", help="How long it may be too warm before it is an excursion. 0: at once."
    )
    is_freeze_sensitive = fields.Boolean("Freeze-sensitive", help="Frost destroys the goods, however short it is.")
    freeze_temp = fields.Float("Freezes below (°C)", digits=(6, 1), aggregator=None)
    freeze_delay = fields.Integer("Alarm of frost after (min)")
    rate_limit = fields.Float("Fastest change (°C/min)", digits=(6, 2), aggregator=None, help="0: any change is borne.")
    cumulated_minutes = fields.Integer(
        "Minutes outside, added up",
        help="So many minutes out of range in the window are an excursion. 0: no such rule.",
    )
    repeated_count = fields.Integer(
        "Times outside", help="So many times out of range in the window are an excursion. 0: no such rule."
    )
    window_hours = fields.Integer("Window (h)", default=24, required=True)
    gap_minutes = fields.Integer(
        "Longest silence (min)",
        default=60,
        required=True,
        help="Longer between two readings, nobody knows what the temperature was.",
    )
    has_mkt = fields.Boolean("Limits the mean kinetic temperature")
    mkt_limit = fields.Float("Mean kinetic temperature at most (°C)", digits=(6, 1), aggregator=None)
    mkt_energy = fields.Float(
        "Activation energy (kJ/mol)",
        digits=(8, 3),
        default=mkt.ENERGY,
        required=True,
        aggregator=None,
        help="83.144 where the manufacturer states nothing (USP <1160>).",
    )
    is_unknown_worst = fields.Boolean(
        "Unknown time uses up the budget",
        default=True,
        help="Minutes without a reading count in the band in which least is allowed.",
    )
    band_ids = fields.One2many("med.storage.profile.band", "profile_id", "Stability budget", copy=True)
    condition_ids = fields.One2many(
        "med.storage.condition",
        "med_profile_id",
        "Storage conditions",
        help="Devices with these labels get the profile.",
    )

    _limits_order = models.Constraint(
        "CHECK (NOT has_min OR NOT has_max OR min_temp < max_temp)",
        "The lower temperature limit must be below the upper one.",
    )
    _durations = models.Constraint(
        "CHECK (low_delay >= 0 AND high_delay >= 0 AND freeze_delay >= 0 AND cumulated_minutes >= 0"
        " AND repeated_count >= 0 AND window_hours > 0 AND gap_minutes > 0 AND rate_limit >= 0 AND mkt_energy > 0)",
        "Durations, counts and rates of a profile are not negative; window, silence and activation energy are more than nought.",
    )

    def _terms(self):
        """What the judgement reads, see ``lib.judgement``."""
        self.ensure_one()
        return Terms(
            low=milli(self.min_temp) if self.has_min else None,
            high=milli(self.max_temp) if self.has_max else None,
            low_delay=60 * self.low_delay,
            high_delay=60 * self.high_delay,
            is_strict=self.is_strict,
            freeze=milli(self.freeze_temp) if self.is_freeze_sensitive else None,
            freeze_delay=60 * self.freeze_delay,
            rate=milli(self.rate_limit) or None,
            cumulated=60 * self.cumulated_minutes or None,
            repeated=self.repeated_count or None,
            window=3600 * self.window_hours,
            gap=60 * self.gap_minutes,
        )

    def _bands(self):
        return [band._band() for band in self.band_ids]

    def _holds(self, other):
        """Whether a place kept as ``other`` says is right for goods of this profile."""
        return self._range().holds(other._range())

    def _range(self):
        self.ensure_one()
        return Range(self.min_temp if self.has_min else None, self.max_temp if self.has_max else None)


class MedStorageProfileBand(models.Model):
    """How long goods may be at some temperatures out of their range, in their whole life."""

    _name = "med.storage.profile.band"
    _inherit = ["med.evidence.tracked"]
    _description = "Band of a stability budget"
    _order = "profile_id, has_low desc, low_temp, id"
    _evidence_fields = ("profile_id", "has_low", "low_temp", "has_high", "high_temp", "minutes")

    profile_id = fields.Many2one("med.storage.profile", "Profile", required=True, index=True, ondelete="cascade")
    has_low = fields.Boolean("Has a lower end", default=True)
    low_temp = fields.Float("Above (°C)", digits=(6, 1), aggregator=None)
    has_high = fields.Boolean("Has an upper end", default=True)
    high_temp = fields.Float("Up to (°C)", digits=(6, 1), aggregator=None)
    minutes = fields.Integer("Minutes allowed", required=True)

    _minutes = models.Constraint("CHECK (minutes >= 0)", "A budget is not negative.")

    @api.constrains("has_low", "low_temp", "has_high", "high_temp")
    def _check_ends(self):
        for band in self:
            if band.has_low and band.has_high and band.low_temp >= band.high_temp:
                raise ValidationError(
                    self.env._(
                        "A band of %(profile)s ends at %(high)s °C, where it has not begun (%(low)s °C). Correct it.",
                        profile=band.profile_id.name,
                        high=band.high_temp,
                        low=band.low_temp,
                    )
                )

    def _band(self):
        # above the lower end, up to the upper one
        return Band(
            milli(self.low_temp) + 1 if self.has_low else None,
            milli(self.high_temp) if self.has_high else None,
            60 * self.minutes,
        )


class MedStorageCondition(models.Model):
    _inherit = "med.storage.condition"

    med_profile_id = fields.Many2one(
        "med.storage.profile", "Storage profile", ondelete="restrict", help="How goods with these limits are watched."
    )
