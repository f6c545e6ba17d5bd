from . import (
    med_floor_rack,
    med_slot_proposal,
    stock_location,
    stock_picking,
    stock_warehouse,
)
