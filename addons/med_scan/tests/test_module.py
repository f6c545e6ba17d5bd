from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_scan"
    # a device that is scrapped leaves the list
    deletable = ("med.scan.device",)
