from . import (
    med_evidence_kinds,
    med_message,
    med_scan_app,
    med_scan_app_data,
    med_scan_app_pick,
    med_scan_device,
    med_scan_event,
    stock_move_line,
    stock_picking,
)
