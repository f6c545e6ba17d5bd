"""Programs beside Odoo: Chromium for tours and browser tests, wkhtmltopdf for PDF reports, Mosquitto as MQTT broker.

Found, installed as root on Debian, or named in a sentence.
"""

from __future__ import annotations

import os
import shutil

from tools import environment
from tools.say import Sorry, Steps

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
PDF = "wkhtmltopdf"
FONTS = ("fonts-noto-cjk",)
BROKER = "mosquitto"


def find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def find_broker() -> str | None:
    # Debian puts it where only root looks
    return shutil.which(BROKER) or shutil.which(BROKER, path="/usr/sbin:/usr/local/sbin")


def can_install() -> bool:
    return os.getuid() == 0 and shutil.which("apt-get") is not None


def ensure(steps: Steps) -> None:
    """All of them, for tests."""
    wanted = (("chromium", find()), (PDF, shutil.which(PDF)), (BROKER, find_broker()))
    missing = [name for name, found in wanted if not found]
    # The fonts, because the screens are in Chinese too.
    packages = [*missing, *FONTS] if missing else []
    with steps.step("Chromium, wkhtmltopdf and Mosquitto") as note:
        if missing and not can_install():
            raise Sorry(
                f"the tests of screens, reports and readings need {' and '.join(missing)}, not found in PATH: install "
                f"{'them' if missing[1:] else 'it'} (as root on Debian: apt-get install {' '.join(packages)}), "
                "or leave those tests out with --no-browser."
            )
        if packages:
            environment.apt_install(*packages)
        note(find() or "missing")


def offer_pdf(steps: Steps) -> None:
    """For people who try the product: without it everything works but PDF reports."""
    with steps.step("PDF reports") as note:
        if not shutil.which(PDF) and can_install():
            try:
                environment.apt_install(PDF, *FONTS)
            except Sorry as reason:
                note(f"not available: {reason}")
                return
        note(PDF if shutil.which(PDF) else f"not available: {PDF} is not installed")
