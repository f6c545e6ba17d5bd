from . import test_lane, test_module, test_sourcing
