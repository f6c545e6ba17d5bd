from . import test_bundle, test_event, test_module, test_module_case, test_seal, test_signature, test_tamper
