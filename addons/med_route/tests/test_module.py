from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_route"
    # drawings of a floor; a rack that is gone is gone, and suggestions are replaced by newer ones
    deletable = ("med.floor.rack", "med.slot.proposal")
