from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    med_quality_user_id = fields.Many2one(
        "res.users",
        "Quality contact",
        help="Gets the to-dos of quality that name nobody else: reminders, first approvals, orders to settle.",
        prefetch="med",
    )

    def _med_quality_contact(self, group="med_master_data.group_med_quality", but_not=None):
        """The person for a to-do of quality in this company: the named one, else the first of the
        group. Empty when there is nobody.

        :param str group: who may do it
        :param but_not: a user who must not
        """
        self.ensure_one()
        # sudo: who is in a group is no secret here
        members = (
            self.env.ref(group)
            .sudo()
            .all_user_ids.filtered(lambda user: user.active and self in user.company_ids and user != but_not)
        )
        named = self.sudo().med_quality_user_id
        return named if named in members else members.sorted("id")[:1]
