from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_planning"
    # what a review that nobody signed says
    deletable = ("med.periodic.review.finding",)
