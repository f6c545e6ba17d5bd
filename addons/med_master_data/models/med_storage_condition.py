from odoo import api, fields, models


class MedStorageCondition(models.Model):
    """Between which temperatures a device is kept. One record per pair of limits."""

    _name = "med.storage.condition"
    _inherit = ["med.evidence.tracked"]
    _description = "Storage condition"
    _order = "has_max, max_temp, has_min desc, min_temp, id"
    _evidence_fields = ("name", "has_min", "min_temp", "has_max", "max_temp")

    name = fields.Char(required=True, translate=True)
    # A float field cannot be empty: whether there is a limit is a fact of its own.
    has_min = fields.Boolean("Has a lower limit")
    min_temp = fields.Float("Lower limit (°C)", digits=(6, 1), aggregator=None)
    has_max = fields.Boolean("Has an upper limit")
    max_temp = fields.Float("Upper limit (°C)", digits=(6, 1), aggregator=None)
    active = fields.Boolean(default=True)

    _limits_uniq = models.UniqueIndex(
        "(has_min, min_temp, has_max, max_temp)",
        "There is already a storage condition with these limits. Use that one.",
    )
    _limits_order = models.Constraint(
        "CHECK (NOT has_min OR NOT has_max OR min_temp <= max_temp)",
        "The lower temperature limit must not be above the upper one.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_idle_limits(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_idle_limits(vals, partial=True))

    @api.model
    def _without_idle_limits(self, vals, partial=False):
        """A limit that does not apply is stored as 0, or the unique index could not see it."""
        vals = dict(vals)
        for flag, limit in (("has_min", "min_temp"), ("has_max", "max_temp")):
            if flag in vals and not vals[flag]:
                vals[limit] = 0.0
            elif not partial:
                vals.setdefault(flag, False)
                vals[limit] = vals.get(limit, 0.0) if vals[flag] else 0.0
        return vals

    def _limits(self):
        """(lower, upper) of this one condition; None where there is no limit."""
        self.ensure_one()
        return (self.min_temp if self.has_min else None, self.max_temp if self.has_max else None)

    @api.model
    def _find_or_create(self, limits):
        """``{(lower, upper): condition}`` for pairs of floats or None, with one search.

        sudo: the dictionary of conditions is shared by all companies; whoever may import a
        catalogue may name a condition it needs.
        """
        conditions = self.sudo().with_context(active_test=False).search([])
        known = {condition._limits(): condition for condition in conditions}
        missing = [pair for pair in dict.fromkeys(limits) if pair not in known]
        created = self.sudo().create(
            [
                {
                    "name": self._limits_name(*pair),
                    "has_min": pair[0] is not None,
                    "min_temp": pair[0] or 0.0,
                    "has_max": pair[1] is not None,
                    "max_temp": pair[1] or 0.0,
                }
                for pair in missing
            ]
        )
        for lang, _name in self.env["res.lang"].get_installed():
            for pair, condition in zip(missing, created.with_context(lang=lang), strict=True):
                condition.name = condition._limits_name(*pair)
        known |= dict(zip(missing, created, strict=True))
        return {pair: known[pair].sudo(False) for pair in dict.fromkeys(limits)}

    @api.model
    def _limits_name(self, low, high):
        def degrees(value):
            return f"{value:.1f}".removesuffix(".0")

        if low is None and high is None:
            return self.env._("No temperature requirement")
        if low is None:
            return self.env._("At most %(high)s °C", high=degrees(high))
        if high is None:
            return self.env._("At least %(low)s °C", low=degrees(low))
        return self.env._("%(low)s °C to %(high)s °C", low=degrees(low), high=degrees(high))
