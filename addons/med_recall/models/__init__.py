from . import med_recall_trace, stock_move_line
