from . import (
    med_gate,
    med_import_kinds,
    med_importer_order,
    med_outbound_demo,
    med_outbound_receipt,
    med_outbound_review,
    med_timeline,
    sale_order,
    stock_move,
    stock_move_line,
    stock_picking,
    stock_picking_scan,
)
