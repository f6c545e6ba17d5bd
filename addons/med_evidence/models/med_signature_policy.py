from datetime import timedelta

from odoo import api, fields, models


class MedSignaturePolicy(models.Model):
    """How strictly signers are identified, as data: the company's own line, or everybody's."""

    _name = "med.signature.policy"
    _inherit = ["med.evidence.tracked"]
    _description = "Signature policy"
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", "Company", help="Empty: every company without a line of its own.")
    login_counts = fields.Boolean(
        "Login counts as identification",
        help="Off: the first signature in a session takes user name and password (21 CFR 11.200(a)(1)(i))."
        " Switch it on only where the login itself is controlled, for instance by an inactivity lock.",
    )
    session_minutes = fields.Integer(
        "Minutes between two signatures",
        required=True,
        default=10,
        help="A longer pause ends the continuous session: the next signature takes every component again.",
    )
    failures_allowed = fields.Integer("Failures until the lock", required=True, default=5)
    window_minutes = fields.Integer("Failures count for (minutes)", required=True, default=30)
    lock_minutes = fields.Integer("Locked for (minutes)", required=True, default=30)

    _evidence_fields = (
        "company_id",
        "login_counts",
        "session_minutes",
        "failures_allowed",
        "window_minutes",
        "lock_minutes",
    )

    _company_uniq = models.UniqueIndex("(coalesce(company_id, 0))", "This company has a signature policy already.")
    _sane = models.Constraint(
        "CHECK (session_minutes BETWEEN 0 AND 60 AND failures_allowed BETWEEN 1 AND 10"
        " AND window_minutes BETWEEN 1 AND 1440 AND lock_minutes BETWEEN 1 AND 1440)",
        "A pause takes 0 to 60 minutes, a lock comes after 1 to 10 failures, and times are 1 to 1440 minutes.",
    )

    @api.model
    def _current(self):
        """The policy of the current company; defaults when nobody made one."""
        # sudo: every signer is held to the policy, few may read it
        policies = self.sudo().search([("company_id", "in", (False, self.env.company.id))])
        return policies.filtered("company_id")[:1] or policies[:1] or self.sudo().new({})

    @property
    def _pause(self):
        return timedelta(minutes=self.session_minutes)

    @property
    def _window(self):
        return timedelta(minutes=self.window_minutes)

    @property
    def _lock(self):
        return timedelta(minutes=self.lock_minutes)
