import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError


class MedRecallNoticeImport(models.TransientModel):
    """The dialog for a file of notices; everything happens in ``_import_file``."""

    _name = "med.recall.notice.import"
    _description = "Import recall notices"

    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char("Name of the file")
    source = fields.Selection(
        [("maker", "Manufacturer"), ("regulator", "Regulator")], required=True, default="regulator"
    )

    def action_import(self):
        self.ensure_one()
        try:
            data = base64.b64decode(self.file, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file did not arrive. Choose it again.")) from error
        result = self.env["med.recall.notice"]._import_file(self.file_name or "", data, self.source)
        said = self.env._(
            "%(created)s notices imported, %(known)s known already, %(refused)s refused.",
            created=len(result["created"]),
            known=result["known"],
            refused=len(result["refused"]),
        )
        reasons = [f"{row}: {reason}" for row, reason in result["refused"][:10]]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": "\n".join([said, *reasons]),
                "type": "warning" if reasons else "success",
                "sticky": bool(reasons),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
