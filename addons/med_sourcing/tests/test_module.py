from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_sourcing"
    # prices of carriers change; nothing that happened hangs on them
    deletable = ("med.supply.lane",)
