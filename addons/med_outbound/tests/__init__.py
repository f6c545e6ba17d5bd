from . import test_receipt, test_review, test_scan, test_stage
