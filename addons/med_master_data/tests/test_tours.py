"""What a person does in the browser: a file with errors mended, and a dossier completed."""

from odoo.tests import HttpCase, tagged

from .common import MedMasterDataMixin


@tagged("post_install", "-at_install")
class TestTours(MedMasterDataMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_people()

    def test_import_with_errors_then_mended(self):
        self.start_tour(
            "/odoo/action-med_master_data.med_import_action", "med_import_with_errors", login=self.quality.login
        )
        products = self.env["product.template"].search([("default_code", "in", ("TOUR-1", "TOUR-2"))])
        self.assertEqual(len(products), 2)

    def test_workbench(self):
        device = self.make_device("Tour device").product_tmpl_id
        self.start_tour("/odoo/action-med_master_data.med_data_issue_action", "med_workbench", login=self.quality.login)
        self.assertEqual(device.med_device_class, "II")
