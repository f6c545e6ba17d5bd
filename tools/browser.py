"""Chromium, for tours and browser tests: found, installed as root on Debian, or a sentence."""

from __future__ import annotations

import os
import shutil

from tools import environment
from tools.say import Sorry, Steps

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def ensure(steps: Steps) -> None:
    with steps.step("Chromium") as note:
        if not find():
            if os.getuid() or not shutil.which("apt-get"):
                raise Sorry(
                    "the browser tests need Chromium and it is not in PATH: install it (as root "
                    "on Debian: apt-get install chromium fonts-noto-cjk), or leave those tests "
                    "out with --no-browser."
                )
            # The fonts, because the screens are in Chinese too.
            environment.apt_install("chromium", "fonts-noto-cjk")
        note(find() or "missing")
