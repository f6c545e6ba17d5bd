import logging
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..files import stamp

_logger = logging.getLogger(__name__)


class MedEvidenceAuthority(models.Model):
    """A time-stamp authority (RFC 3161) at which seals are anchored: an outsider's word, under an
    outsider's key, that a seal existed at a moment. Optional; sealing never waits for it."""

    _name = "med.evidence.authority"
    _inherit = ["med.evidence.tracked"]
    _description = "Time-stamp authority"
    _order = "name, id"

    name = fields.Char("Authority", required=True)
    url = fields.Char("Address", required=True, help="Where requests by RFC 3161 are sent, by HTTP or HTTPS.")
    certificates = fields.Text(
        "Certificates",
        required=True,
        help="The root certificate of the authority, and those between, as PEM. Keep old ones: older time stamps are"
        " checked with them.",
    )
    active = fields.Boolean("In use", default=True)
    last_at = fields.Datetime("Last time stamp", readonly=True)
    failed_at = fields.Datetime("Fails since", readonly=True)
    problem = fields.Text("Problem", readonly=True)
    state = fields.Selection(
        [("new", "Not tried yet"), ("good", "Answers"), ("failed", "Fails, tried again every hour")],
        "State",
        compute="_compute_state",
    )

    _evidence_fields = ("name", "url", "certificates", "active")

    @api.depends("last_at", "failed_at")
    def _compute_state(self):
        for authority in self:
            authority.state = "failed" if authority.failed_at else "good" if authority.last_at else "new"

    @api.constrains("url", "certificates")
    def _check_usable(self):
        for authority in self:
            if not re.fullmatch(r"https?://\S+", authority.url or ""):
                raise ValidationError(
                    self.env._("The address of “%(name)s” must begin with http:// or https://.", name=authority.name)
                )
            try:
                trusted = stamp.certificates(authority.certificates)
            except stamp.StampError as error:
                raise ValidationError(self._problem_sentence(error)) from error
            if not any(certificate.issuer == certificate.subject for certificate in trusted):
                raise ValidationError(
                    self.env._("The root certificate of “%(name)s” is missing among these.", name=authority.name)
                )

    @api.model
    def _problem_sentence(self, error):
        sentences = {
            "unreachable": self.env._("The authority cannot be reached: %(detail)s", detail=error.detail),
            "refused": self.env._("The authority refused the request: %(detail)s", detail=error.detail),
            "garbled": self.env._(
                "The authority answered something that is no time stamp: %(detail)s", detail=error.detail
            ),
            "untrusted": self.env._(
                "The time stamp does not fit the certificates entered here: %(detail)s", detail=error.detail
            ),
            "certificate": self.env._(
                "The certificates cannot be read (%(detail)s). Paste them as PEM, each from"
                " -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
                detail=error.detail,
            ),
        }
        return sentences[error.problem]

    def _failed(self, error):
        """Shown, recorded and told once when it begins; the next run tries again."""
        self.ensure_one()
        problem = self._problem_sentence(error)
        if not self.failed_at:
            self.env["med.evidence.event"]._record(
                "anchor.failed", [{"record": self, "body": {"problem": error.problem, "detail": error.detail}}]
            )
            self.env["med.evidence.verification"]._alarm(
                self.env._("Seals are not anchored"),
                self.env._("%(name)s: %(problem)s. It is tried again every hour.", name=self.name, problem=problem),
            )
        self.write({"failed_at": self.failed_at or fields.Datetime.now(), "problem": problem})
        _logger.warning("evidence: no time stamp from %s: %s", self.url, error)

    def action_anchor(self):
        """The button: anchor the newest seal now."""
        self.check_access("write")
        # sudo: anchors are written by the system only
        self.env["med.evidence.anchor"].sudo()._anchor(self.sudo())
