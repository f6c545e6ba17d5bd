"""A device with an incomplete dossier does not enter outbound, and costs no query to find out."""

from odoo.tests import tagged

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestGateMasterData(QualityCase):
    rules_under_test = (*QualityCase.rules_under_test, "master_data_incomplete")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("med_master_data.outbound_min_score", "30")
        cls.complete = cls._device("Complete", med_classification_code="13-07", default_code="C-1")

    def test_complete_enough_leaves(self):
        picking = self.make_delivery(self.make_lot("L1", product=self.complete))
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_blocking_rule_stops_it_until_mended(self):
        picking = self.make_delivery(self.make_lot("L1", product=self.complete))
        self.env["product.product"].create({"name": "Thief", "barcode": "06901234567892"})
        self.env["med.product.identifier"].create(
            {"product_tmpl_id": self.complete.product_tmpl_id.id, "di": "06901234567892"}
        )
        with self.assertRefused("master_data_incomplete"):
            self.validate(picking)
        self.env["product.product"].search([("name", "=", "Thief")]).barcode = False
        self.env["med.data.rule"]._cron_refresh()
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_low_score_stops_it(self):
        self.env["ir.config_parameter"].set_param("med_master_data.outbound_min_score", "90")
        picking = self.make_delivery(self.make_lot("L1", product=self.complete))
        self.complete.default_code = False
        with self.assertRefused("master_data_incomplete"):
            self.validate(picking)

    def test_facts_cost_no_query(self):
        picking = self.make_delivery(self.make_lot("L1", product=self.complete))
        lines = picking.move_line_ids
        self.env.invalidate_all()
        # what the gate reads of a product anyway
        self.assertEqual(lines.product_id.med_device_class, "III")
        with self.assertQueryCount(0):
            self.assertFalse(lines.product_id.med_data_blocked)
        # the score is read only of what is refused for it
        with self.assertQueryCount(1):
            self.assertGreater(lines.product_id.med_data_score, 30)

    def test_plain_products_are_left_alone(self):
        picking = self.make_delivery(self.make_lot("P1", product=self.plain))
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertFalse(self.plain.med_data_blocked)
