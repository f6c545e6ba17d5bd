"""A pytest plugin for `./test --no-browser`: leaves out what would start a browser or print a PDF."""

from __future__ import annotations

import inspect

import pytest

STARTS_BROWSER = ("start_tour(", "browser_js(", "_render_qweb_pdf(", "--print-to-pdf")


def needs_browser(item: pytest.Item) -> bool:
    if item.get_closest_marker("browser"):
        return True
    function = getattr(item, "function", None)
    try:
        source = inspect.getsource(function) if function else ""
    except (OSError, TypeError):
        return False
    return any(call in source for call in STARTS_BROWSER)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if needs_browser(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
