from . import med_dictionary, med_import
