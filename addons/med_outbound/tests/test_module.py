from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_outbound"
    # an unsigned review is a working paper; its lines may go with it
    deletable = ("med.outbound.review.line",)
