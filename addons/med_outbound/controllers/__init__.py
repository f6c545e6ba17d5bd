from . import proof, receipt, receipt_refusal
