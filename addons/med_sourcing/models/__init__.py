from . import (
    med_evidence_kinds,
    med_sale_source,
    med_supply_lane,
    med_timeline,
    sale_order,
    stock_rule,
    stock_warehouse,
)
