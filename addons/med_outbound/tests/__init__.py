from . import test_receipt, test_review, test_stage
