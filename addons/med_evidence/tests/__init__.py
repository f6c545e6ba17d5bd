from . import (
    test_bundle,
    test_duties,
    test_event,
    test_module,
    test_module_case,
    test_seal,
    test_signature,
    test_signing_rules,
    test_signing_web,
    test_tamper,
    test_tracked,
)
