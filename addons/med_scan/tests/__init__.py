from . import test_flows, test_module, test_pick
