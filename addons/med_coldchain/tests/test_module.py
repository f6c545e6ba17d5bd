from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_coldchain"
    # the configuration of a budget; its change is evidence
    deletable = ("med.storage.profile.band",)
