from . import med_catalogue_import, med_code_question
