from . import test_dictionary, test_ingest, test_logger_file, test_module
