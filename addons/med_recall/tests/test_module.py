from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_recall"
    # what a draft says (a claim that is not made, a report that is not sent), and the configuration of deadlines
    deletable = (
        "med.recall.scope",
        "med.recall.claim",
        "med.recall.report",
        "med.recall.profile.deadline",
        "med.recall.calendar.day",
    )
