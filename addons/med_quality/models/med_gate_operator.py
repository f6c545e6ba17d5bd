from odoo import SUPERUSER_ID, api, models

from ..lib.facts import OperatorFacts
from ..lib.rules_operator import ROLE_AT


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    @api.model
    def _operator(self, company, checkpoint):
        """Who acts, and since when he may; None for the system itself, which has no hands."""
        role = ROLE_AT.get(checkpoint)
        if role is None or self.env.uid == SUPERUSER_ID:
            return None
        user = self.env.user
        periods = self.env["med.qualification"]._of(user.id, company.id)
        # sudo: what the company asks of its people is no secret
        return OperatorFacts(user.name, role, periods.get(role, ()), company.sudo().med_qualification_duty)

    @api.model
    def _operator_roles(self):
        _ = self.env._
        return {
            "picker": _("picking and scanning"),
            "reviewer": _("reviewing"),
            "shipper": _("shipping"),
            "receiver": _("receiving"),
        }

    @api.model
    def _rule_labels(self):
        return {**super()._rule_labels(), "operator_not_qualified": self.env._("Operator not qualified")}

    @api.model
    def _remedy_texts(self):
        _ = self.env._
        return {
            **super()._remedy_texts(),
            "renew_qualification": _("Train and examine the person again, and file the new qualification."),
            "file_qualification": _("File the person's qualification."),
            "other_operator": _("Have somebody do it who is qualified."),
        }

    def _sentences(self, params):
        _ = self.env._
        p = {"operator": "–", "day": "–", **params}
        p["role"] = self._operator_roles().get(params.get("role"), "–")
        return {
            **super()._sentences(params),
            ("operator_not_qualified", "lapsed"): _(
                "%(operator)s's qualification for %(role)s ended on %(day)s. Let somebody qualified do it, or have"
                " quality file the new one.",
                **p,
            ),
            ("operator_not_qualified", "not_yet"): _(
                "%(operator)s is qualified for %(role)s from %(day)s only. Let somebody qualified do it.", **p
            ),
            ("operator_not_qualified", "missing"): _(
                "%(operator)s has no qualification for %(role)s on file. Let somebody qualified do it, or have"
                " quality file it.",
                **p,
            ),
        }
