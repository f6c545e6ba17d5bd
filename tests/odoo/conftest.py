"""Tests that span addons live outside any addon; Odoo gives tags only to classes inside one."""

from __future__ import annotations

from odoo.tests.common import BaseCase

# What Odoo itself gives to a class of an addon that says nothing else.
BaseCase.test_tags = {"standard", "at_install"}
BaseCase.test_module = "base"
