from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_recall"
    # what a draft says, and the configuration of deadlines
    deletable = ("med.recall.scope", "med.recall.profile.deadline", "med.recall.calendar.day")
