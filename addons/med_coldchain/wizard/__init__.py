from . import med_logger_import
