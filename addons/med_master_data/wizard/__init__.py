from . import med_catalogue_import
