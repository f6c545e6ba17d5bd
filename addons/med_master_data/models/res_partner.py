from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    med_licence_ids = fields.One2many("med.partner.licence", "partner_id", "Licences")
