from . import (
    med_gate,
    med_gate_override,
    med_gate_policy,
    product,
    res_company,
    res_partner,
    stock_lot,
    stock_move,
    stock_move_line,
    stock_package,
    stock_picking,
    stock_quant,
)
