"""What a run of Odoo's own suites says in the end."""

import re
from collections import Counter

import pytest

from tools import odoo_suites
from tools.say import Sorry

KNOWN = "stock: TestWarehouse.test_resupply_route"


def report(failures, summary, known=frozenset(), code=0):
    match = summary and re.search(odoo_suites.SUMMARY, summary)
    return odoo_suites.report(Counter(stock=3), failures, match, code, "the log", known)


def test_all_passed(capsys):
    assert report([], "0 failed, 0 error(s) of 3 tests") == 0
    assert "3 passed, 0 failed" in capsys.readouterr().out


def test_a_failure_of_plain_odoo_is_excused_only_where_it_is_known():
    assert report([KNOWN], "1 failed, 0 error(s) of 3 tests", frozenset([KNOWN]), code=1) == 0
    assert report([KNOWN], "1 failed, 0 error(s) of 3 tests", code=1) == 1


def test_what_odoo_counts_and_no_line_names_counts_as_new():
    assert report([], "0 failed, 1 error(s) of 3 tests", frozenset([KNOWN]), code=1) == 1


def test_no_test_and_a_breakdown_are_failures():
    assert report([], "0 failed, 0 error(s) of 0 tests") == 1
    assert report([], "0 failed, 0 error(s) of 3 tests", code=-9) == 1
    with pytest.raises(Sorry, match="the log"):
        report([], None, code=2)


def test_both_orders_run_unless_one_is_named(monkeypatch):
    ran = []
    monkeypatch.setattr(odoo_suites, "run_installing", lambda *_, **__: ran.append("install") or 1)
    monkeypatch.setattr(odoo_suites, "run_tagged", lambda *_, **__: ran.append("loaded") or 0)
    assert odoo_suites.run(plain=False, tags=None, order=None) == 1
    assert odoo_suites.run(plain=False, tags=None, order="loaded") == 0
    assert ran == ["install", "loaded", "loaded"]


def test_the_known_failures_are_a_list_of_names():
    assert KNOWN in odoo_suites.known_failures()
    assert all(re.fullmatch(r"\w+: \S.*", name) for name in odoo_suites.known_failures())
