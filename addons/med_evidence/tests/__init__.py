from . import test_event, test_seal, test_signature
