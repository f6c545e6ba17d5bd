from odoo.addons.med_evidence.tests.module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_master_data"
    # Typing errors before anything refers to them; what is referred to is restricted.
    # Drafts of imports and of proposals are thrown away; what was carried out or signed refuses it.
    deletable = (
        "med.product.identifier",
        "med.storage.condition",
        "med.first.approval.document",
        "med.import",
        "med.import.error",
        "med.import.total",
        "med.import.mapping",
    )
    # The headers of other people's files.
    untranslated = ("med.import.mapping.header",)
