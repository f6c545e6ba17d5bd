from . import (
    test_answer,
    test_close,
    test_dictionary,
    test_drill,
    test_figures,
    test_hold,
    test_module,
    test_notice,
    test_readiness,
    test_tours,
    test_trace,
    test_trace_property,
)
