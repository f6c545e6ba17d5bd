from . import receipt, receipt_refusal
