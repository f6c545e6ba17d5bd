from . import (
    test_module,
    test_route,
    test_slotting,
    test_tour,
)
