"""Takes the pictures of docs/pictures in a real browser, in English and Chinese.

Start `./run --reset --yes` in one terminal (the pictures show its demonstration day), then

    .local/venv/bin/python -m tools.pictures [--url http://localhost:8069] [NAME ...]

Every module beside this one is a topic: a function with `@picture` is one picture, named as it.
The demo database is changed on the way: one delivery is shipped.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import shutil
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools import pictures
from tools.pictures.kit import DESK, LANGUAGES, PICTURES, Client
from tools.places import ROOT

FOLDER = ROOT / "docs" / "pictures"


def main() -> None:
    for topic in pkgutil.iter_modules(pictures.__path__):
        if topic.name != "__main__":
            importlib.import_module(f"tools.pictures.{topic.name}")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8069")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these pictures")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        admin = Client(browser, options.url, "admin", "en_US")
        people = admin.call("res.users", "search", [["login", "=like", "demo_%"]])
        for folder, language in LANGUAGES.items():
            admin.call("res.users", "write", people, {"lang": language})
            clients: dict[str, Client] = {}

            def user(login: str, language: str = language, clients: dict[str, Client] = clients) -> Client:
                if login not in clients:
                    clients[login] = Client(browser, options.url, login, language)
                clients[login].page.set_viewport_size(DESK)
                return clients[login]

            for name in options.names or PICTURES:
                take(name, user, FOLDER / folder / f"{name}.png")
        browser.close()


def take(name: str, user: Callable[[str], Client], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    PICTURES[name](user).screenshot(path=target)
    print(target.relative_to(ROOT), flush=True)


if __name__ == "__main__":
    main()
