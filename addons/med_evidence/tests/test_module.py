from .module_case import ModuleCase


class TestModule(ModuleCase):
    module = "med_evidence"
