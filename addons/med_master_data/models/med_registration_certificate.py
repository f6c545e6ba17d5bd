from odoo import api, fields, models

from ..lib import registration_number
from ..lib.errors import Problem, ScanError

ROMAN = {"1": "I", "2": "II", "3": "III"}


class MedRegistrationCertificate(models.Model):
    """What allows a device on a market: registration, filing, EU certificate, FDA listing."""

    _name = "med.registration.certificate"
    _inherit = ["med.validity", "med.evidence.tracked", "mail.thread"]
    _description = "Registration certificate"
    _order = "valid_to, number, id"
    _rec_name = "number"
    _check_company_auto = True
    _evidence_fields = (
        "number",
        "kind",
        "country_id",
        "holder_id",
        "device_class",
        "valid_from",
        "valid_to",
        "product_tmpl_ids",
        "active",
    )

    number = fields.Char(required=True, index="btree", tracking=True, help="As printed on the certificate.")
    kind = fields.Selection(
        [
            ("registration", "Registration certificate"),
            ("filing", "Filing certificate (class I)"),
            ("eu", "EU certificate"),
            ("fda", "FDA clearance or listing"),
        ],
        required=True,
        default="registration",
        tracking=True,
    )
    country_id = fields.Many2one(
        "res.country",
        "Jurisdiction",
        default=lambda self: self.env.ref("base.cn", raise_if_not_found=False),
        help="The country that issued it; for an EU certificate that of the notified body.",
    )
    country_code = fields.Char(related="country_id.code")
    device_name = fields.Char("Name on the certificate")
    holder_id = fields.Many2one("res.partner", "Registrant / filer", index="btree_not_null", ondelete="restrict")
    device_class = fields.Selection([("I", "Class I"), ("II", "Class II"), ("III", "Class III")], "Class")
    # Repeated from the mixin to be followed in the chatter.
    valid_from = fields.Date(tracking=True)
    valid_to = fields.Date(tracking=True, index="btree_not_null")
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "med_certificate_product_rel",
        "certificate_id",
        "product_tmpl_id",
        "Devices covered",
        check_company=True,
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Scans")
    company_id = fields.Many2one("res.company", help="Empty: for all companies.", index="btree_not_null")
    active = fields.Boolean(default=True)
    number_code = fields.Char(compute="_compute_number_code", store=True)
    number_note = fields.Char(
        "Remark on the number",
        compute="_compute_number_note",
        help="What does not fit the format of Chinese numbers.",
    )

    # A renewal keeps its number and starts a new period.
    _number_uniq = models.UniqueIndex(
        "(number, COALESCE(valid_from, '0001-01-01'), COALESCE(company_id, 0)) WHERE active",
        "A certificate with this number and start of validity exists already.",
    )

    def _number_problem(self):
        """What is wrong with this one number, or None. Only Chinese numbers are checked."""
        self.ensure_one()
        if self.country_id.code != "CN" or self.kind not in ("registration", "filing") or not self.number:
            return None
        try:
            read = registration_number.parse(self.number)
        except ScanError as error:
            return error.problem
        if read.warnings:
            return read.warnings[0]
        if read.kind != self.kind:
            return Problem("number_kind_differs", {"number": self.number})
        own = ROMAN.get(read.device_class or "")
        if self.device_class and own and own != self.device_class:
            return Problem(
                "number_class_differs",
                {"number": self.number, "device_class": own, "other": self.device_class},
            )
        return None

    @api.depends("number", "kind", "country_id", "device_class")
    def _compute_number_code(self):
        for certificate in self:
            problem = certificate._number_problem()
            certificate.number_code = problem.code if problem else False

    @api.depends("number_code", "number", "device_class")
    @api.depends_context("lang")
    def _compute_number_note(self):
        for certificate in self:
            problem = certificate._number_problem() if certificate.number_code else None
            certificate.number_note = self.env["med.message"]._text(problem) if problem else False
