from . import med_evidence_bundle, stock_return_picking
