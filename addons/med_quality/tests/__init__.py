from . import test_doors, test_gate, test_gate_master_data, test_lot_status, test_module, test_reservation
