from odoo import fields, models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """What the client asks before it saves, and whether it offers the way to the evidence.
        Comfort only: the server asks again."""
        info = super().session_info()
        if self.env.user._is_internal():
            asked = self.env["med.evidence.reason.policy"]._all_asked(fields.Date.today())
            info["med_evidence"] = {
                "reasons": {model: sorted(names) for model, names in asked.items()},
                "auditor": self.env.user.has_group("med_evidence.group_med_auditor"),
            }
        return info
