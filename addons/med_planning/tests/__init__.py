from . import (
    test_forecast,
    test_module,
    test_tours,
)
