from . import (
    test_expiry,
    test_forecast,
    test_module,
    test_proposal,
    test_review,
    test_tours,
    test_what_if,
    test_workload,
)
