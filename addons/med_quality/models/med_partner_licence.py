from odoo import models


class MedPartnerLicence(models.Model):
    _inherit = "med.partner.licence"

    def _scope_classes(self):
        """The device classes this licence covers."""
        classes = {"I": self.scope_class_i, "II": self.scope_class_ii, "III": self.scope_class_iii}
        return {name for name, covered in classes.items() if covered}

    def _scope_codes(self):
        """Classification codes it is limited to; empty: no limit."""
        return {code.strip() for code in (self.scope_codes or "").replace("，", ",").split(",") if code.strip()}
