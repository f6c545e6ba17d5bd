from odoo import api, fields, models
from odoo.exceptions import UserError

from .med_first_approval import ROLES


class MedFirstApprovalRequirement(models.Model):
    """Which documents a first approval takes, as data: they differ by jurisdiction and change."""

    _name = "med.first.approval.requirement"
    _inherit = ["med.evidence.tracked"]
    _description = "Document of a first approval"
    _order = "role, sequence, id"
    _evidence_fields = ("role", "name", "is_required", "active")

    role = fields.Selection(ROLES, "Approval as", required=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    source = fields.Char(help="The article that asks for it.")
    is_required = fields.Boolean("Required", default=True)
    active = fields.Boolean(default=True)


class MedFirstApprovalDocument(models.Model):
    """One document of one approval: a scan, or where the paper lies."""

    _name = "med.first.approval.document"
    _inherit = ["med.evidence.tracked"]
    _description = "Document at hand"
    _order = "approval_id, sequence, id"
    _rec_name = "requirement_id"
    _evidence_fields = ("approval_id", "requirement_id", "reference", "attachment_ids")

    approval_id = fields.Many2one("med.first.approval", "First approval", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="approval_id.company_id", store=True)
    requirement_id = fields.Many2one("med.first.approval.requirement", "Document", required=True, ondelete="restrict")
    sequence = fields.Integer(related="requirement_id.sequence", store=True)
    is_required = fields.Boolean(related="requirement_id.is_required")
    reference = fields.Char(help="Number of the paper or where it lies, or why it does not apply.")
    attachment_ids = fields.Many2many("ir.attachment", string="Scans", copy=True)
    is_there = fields.Boolean("At hand", compute="_compute_is_there", store=True)

    @api.depends("reference", "attachment_ids")
    def _compute_is_there(self):
        for document in self:
            document.is_there = bool(document.attachment_ids or (document.reference or "").strip())

    def _check_open(self):
        # su: the server's own work
        if not self.env.su and any(document.approval_id.state != "draft" for document in self):
            raise UserError(
                self.env._("The documents of a proposal stay as they were signed. Propose a new version instead.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._check_open()
        return documents

    def write(self, vals):
        self._check_open()
        res = super().write(vals)
        self._check_open()
        return res

    def unlink(self):
        self._check_open()
        return super().unlink()
