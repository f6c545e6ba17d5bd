from . import med_recall_explain, med_recall_notice_import
