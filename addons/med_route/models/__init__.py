from . import (
    med_floor_rack,
    stock_location,
    stock_picking,
    stock_warehouse,
)
