from odoo.tests import Form, tagged

from .test_lot_choice import LotChoiceCase


@tagged("post_install", "-at_install")
class TestTimelineAccess(LotChoiceCase):
    def test_who_only_sells_opens_an_order_that_was_reviewed(self):
        seller = self._user("only_seller", "sales_team.group_sale_salesman_all_leads")
        self.make_lot("GOOD")
        order = self.sale()
        order.action_confirm()
        picking = order.picking_ids
        picking.action_assign()
        picking.with_user(self.reviewer).action_med_review()
        self.env.invalidate_all()
        with Form(order.with_user(seller)) as form:
            self.assertIn(order.name, form.name)
        self.assertIn("o_med_timeline", order.with_user(seller).med_timeline)
