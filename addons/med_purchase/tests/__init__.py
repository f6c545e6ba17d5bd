from . import test_module, test_purchase_order
