from odoo import fields, models
from odoo.exceptions import AccessError


class MedEvidenceKeyRotate(models.TransientModel):
    """Asks for the reason of a new signing key."""

    _name = "med.evidence.key.rotate"
    _description = "New signing key"

    reason = fields.Text("Reason", required=True)

    def action_rotate(self):
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only administrators make a new signing key."))
        # sudo: rows of keys are written by the system only
        self.env["med.evidence.key"].sudo()._rotate(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
