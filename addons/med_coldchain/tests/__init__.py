from . import (
    test_dictionary,
    test_effects,
    test_ingest,
    test_logger_file,
    test_module,
    test_mqtt,
    test_rule_table,
    test_tours,
)
