from . import test_module, test_pick
