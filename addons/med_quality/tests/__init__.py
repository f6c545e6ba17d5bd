from . import (
    test_doors,
    test_gate,
    test_gate_master_data,
    test_gate_registration,
    test_lot_hold,
    test_lot_status,
    test_module,
    test_policy_change,
    test_proof,
    test_reservation,
    test_reserve_property,
    test_verdict,
)
