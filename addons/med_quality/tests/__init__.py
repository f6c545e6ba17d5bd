from . import test_doors, test_evidence_bundle, test_gate, test_lot_status, test_module, test_reservation
