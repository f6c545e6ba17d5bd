"""What is said and done where the programs beside Odoo are missing."""

import pytest

from tools import browser
from tools.say import Sorry, Steps


@pytest.fixture
def machine(monkeypatch):
    """A machine with the given programs; answers what apt-get was asked for."""
    asked = []

    def having(*programs, root=True):
        monkeypatch.setattr(
            browser.shutil, "which", lambda name, path=None: f"/bin/{name}" if name in programs else None
        )
        monkeypatch.setattr(browser.os, "getuid", lambda: 0 if root else 1000)
        monkeypatch.setattr(browser.environment, "apt_install", lambda *packages: asked.append(packages))
        return asked

    return having


def test_what_is_there_is_not_installed_again(machine):
    asked = machine("chromium", "wkhtmltopdf", "mosquitto", "apt-get")
    browser.ensure(Steps(1))
    browser.offer_pdf(Steps(1))
    assert asked == []


def test_root_gets_what_is_missing(machine):
    asked = machine("chromium", "mosquitto", "apt-get")
    browser.ensure(Steps(1))
    assert asked == [("wkhtmltopdf", "fonts-noto-cjk")]


def test_others_are_told_what_to_install(machine):
    asked = machine("apt-get", root=False)
    with pytest.raises(Sorry, match=r"need chromium and wkhtmltopdf and mosquitto.*install chromium wkhtmltopdf mosq"):
        browser.ensure(Steps(1))
    assert asked == []


def test_trying_the_product_needs_no_pdf(machine, capsys):
    machine(root=False)
    browser.offer_pdf(Steps(1))
    assert "not installed" in capsys.readouterr().out
