from . import (
    med_gate,
    med_gate_proof,
    med_outbound_demo,
    med_outbound_receipt,
    med_outbound_review,
    med_timeline,
    sale_order,
    sale_order_line,
    stock_move,
    stock_move_line,
    stock_picking,
    stock_picking_scan,
)
