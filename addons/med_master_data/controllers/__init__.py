from . import med_import
