"""Odoo's command line with two changes that its tests need to say something about our addons.

1. Tests marked at_install run where the post_install ones do: with everything loaded. Odoo
   runs them as soon as their own module is loaded, when none of our addons is there yet.
2. With MED_LINT_ADDONS, test_lint (which needs not be installed) looks at those addons only,
   and lets the manifest keys pass that the OCA's tools read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

OCA_KEYS = {"development_status": "", "maintainers": []}


def run_all_at_the_end(linted: list[str]) -> None:
    from odoo.tests import loader

    original = loader.make_suite
    selector = loader.TagsSelector

    def any_position(spec: str) -> Any:
        return selector({"post_install": "at_install,post_install"}.get(spec, spec))

    def make_suite(names: Iterable[str], position: str = "at_install") -> Any:
        # A test of both positions would otherwise run twice, once in half an Odoo.
        names = list(names) if position == "post_install" else []
        if linted and names:
            look_at_ours_only(linted)
            names.append("test_lint")
        return original(names, position)

    loader.TagsSelector = any_position
    loader.make_suite = make_suite


def look_at_ours_only(linted: list[str]) -> None:
    """Only now, when everything is loaded: loading needs the list of all addons."""
    from odoo.modules import module

    module._DEFAULT_MANIFEST.update(OCA_KEYS)
    ours = [module.Manifest.for_addon(name) for name in linted]
    module.Manifest.all_addon_manifests = staticmethod(lambda: ours)


if __name__ == "__main__":
    import odoo.cli

    run_all_at_the_end([name for name in os.environ.get("MED_LINT_ADDONS", "").split(",") if name])
    sys.argv[1:1] = ["server"]
    odoo.cli.main()
