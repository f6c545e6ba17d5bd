from . import med_evidence_bundle, med_lot_exchange, stock_return_picking
