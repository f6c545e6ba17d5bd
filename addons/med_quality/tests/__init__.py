from . import (
    test_deviation,
    test_doors,
    test_gate,
    test_inspection,
    test_inspection_tours,
    test_lot_status,
    test_module,
    test_reservation,
)
