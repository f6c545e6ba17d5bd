"""`run_scenario.py CONF DATABASE FILE args...`: runs `main(env, args)` of FILE."""

from __future__ import annotations

import importlib.util
import sys

from tools.in_odoo.session import environment

if __name__ == "__main__":
    conf, database, file, *arguments = sys.argv[1:]
    with environment(conf, database) as env:
        spec = importlib.util.spec_from_file_location("scenario", file)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules["scenario"] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        code = module.main(env, arguments)
    sys.exit(code)
