from . import (
    test_delivery_note,
    test_evidence_search,
    test_import_orders,
    test_lot_choice,
    test_module,
    test_receipt,
    test_receipt_refusal,
    test_review,
    test_rule_table,
    test_scan,
    test_stage,
    test_timeline_access,
)
