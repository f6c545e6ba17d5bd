from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_master_data"
    # Typing errors before anything refers to them; what is referred to is restricted.
    deletable = ("med.product.identifier", "med.storage.condition")
