from odoo import api, fields, models, tools
from odoo.exceptions import UserError

ROLES = [
    ("picker", "Picks and scans"),
    ("reviewer", "Reviews deliveries"),
    ("shipper", "Ships"),
    ("receiver", "Receives"),
]


class MedQualification(models.Model):
    """What a person was trained and examined for, and how long it counts (GSP 30 to 32).

    The gate asks for it at every scan, review, shipment and receipt; see ``rules_operator``.
    """

    _name = "med.qualification"
    _inherit = ["med.validity", "med.evidence.tracked", "mail.thread", "mail.activity.mixin"]
    _description = "Qualification of an operator"
    _order = "user_id, role, valid_to desc, id"
    _check_company_auto = True
    _evidence_fields = ("user_id", "role", "examined_on", "proof", "valid_from", "valid_to", "company_id", "active")

    user_id = fields.Many2one("res.users", "Person", required=True, index=True, ondelete="restrict")
    role = fields.Selection(ROLES, "Qualified as", required=True)
    examined_on = fields.Date("Examined on", required=True, default=fields.Date.context_today)
    proof = fields.Char(
        "Proof of examination", required=True, help="Number of the certificate, or where the examination is filed."
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Scans")
    valid_from = fields.Date(default=fields.Date.context_today)
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: for all companies.")
    active = fields.Boolean(default=True)

    @api.depends("user_id", "role")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for qualification in self:
            role = labels.get(qualification.role, "")
            qualification.display_name = f"{qualification.user_id.name or ''} – {role}"

    @api.model
    @tools.ormcache("user_id", "company_id")
    def _of(self, user_id, company_id):
        """{role: ((first day, last day), …)} of one person in one company; remembered, since every
        scan asks, and forgotten with the first change."""
        # sudo: the gate asks for whoever acts. `active` is named: no key of a client brings back old ones
        found = self.sudo().search(
            [("user_id", "=", user_id), ("company_id", "in", (False, company_id)), ("active", "=", True)]
        )
        return {
            role: tuple((one.valid_from or None, one.valid_to or None) for one in same)
            for role, same in found.grouped("role").items()
        }

    @api.model_create_multi
    def create(self, vals_list):
        qualifications = super().create(vals_list)
        qualifications._check_not_himself()
        self.env.registry.clear_cache()
        return qualifications

    def write(self, vals):
        self._check_not_himself()
        res = super().write(vals)
        self._check_not_himself()
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        self._check_not_himself()
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    def _check_not_himself(self):
        """Who examines is another person than who was examined."""
        if not self.env.su and self.env.user in self.user_id:
            raise UserError(
                self.env._(
                    "%(name)s cannot file his own qualification; have somebody else of quality do it.",
                    name=self.env.user.name,
                )
            )

    def _med_superseded(self):
        """The same person has one for the same work that lasts longer."""
        others = self.search([("user_id", "in", self.user_id.ids)]).grouped(
            lambda one: (one.user_id, one.role, one.company_id)
        )
        return self.filtered(
            lambda one: any(
                not other.valid_to or other.valid_to > one.valid_to
                for other in others[one.user_id, one.role, one.company_id] - one
            )
        )


class MedExpiryReminder(models.Model):
    _inherit = "med.expiry.reminder"

    @api.model
    def _models(self):
        return [*super()._models(), "med.qualification"]


class ResCompany(models.Model):
    _inherit = "res.company"

    med_qualification_duty = fields.Boolean(
        "Operators need a qualification",
        help="Nobody scans, reviews, ships or receives devices without a qualification on file."
        " Without this, only one that has ended stops the work.",
    )


class ResUsers(models.Model):
    _inherit = "res.users"

    med_qualification_ids = fields.One2many("med.qualification", "user_id", "Qualifications")
