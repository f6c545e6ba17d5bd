"""Finds or fetches Odoo 19.0, which is not on PyPI.

In this order: a checkout named by ODOO_SOURCE, an Odoo that the interpreter already imports,
Debian's package `odoo-19` unpacked below `.local/` without touching the machine.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tools import apt_sources, stamps
from tools.places import DOWNLOADS, LOCAL
from tools.processes import run_logged
from tools.say import Sorry, detail, megabytes, need_disk

SERIES = "19.0"
UNPACKED = LOCAL / "odoo"

# What Debian's package links to in other packages: without the two JavaScript libraries
# every page answers 500; the fonts are for the web client and the documents.
PACKAGES_BY_SUITE = {
    "sid": (
        "odoo-19",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
        "fonts-roboto-unhinted",
        "fonts-montserrat",
        "fonts-ocr-b",
        "fonts-inconsolata",
    ),
    # Odoo wants Font Awesome 4; later suites carry 7 with other file names.
    "bookworm": ("fonts-font-awesome",),
}

# Debian leaves this file out and without it the web client logs an error that fails every
# tour. It only blurs the background of video calls, so an empty class takes its place.
SEGMENTATION_FILE = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
SEGMENTATION_STUB = "window.SelfieSegmentation = window.SelfieSegmentation || class {};\n"


class Odoo(NamedTuple):
    """An Odoo 19.0 on this disk."""

    folder: Path  # goes on the import path: holds `odoo/`
    origin: str

    @property
    def addons_paths(self) -> list[Path]:
        """Where the community addons lie: a checkout keeps most of them beside `odoo/`."""
        inside = self.folder / "odoo" / "addons"
        beside = self.folder / "addons"
        return [inside] if (inside / "stock").is_dir() else [inside, beside]


def series_of(folder: Path) -> str | None:
    """Which Odoo is in this folder? Read, not imported: its dependencies may be missing yet."""
    try:
        text = (folder / "odoo" / "release.py").read_text(encoding="utf-8")
    except OSError:
        return None
    match = re.search(r"^version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", text, re.MULTILINE)
    return f"{match[1]}.{match[2]}" if match else None


def find_odoo() -> Odoo:
    """The Odoo to use, fetched first where there is none."""
    if named := os.environ.get("ODOO_SOURCE"):
        folder = Path(named).expanduser().resolve()
        if series_of(folder) != SERIES:
            raise Sorry(
                f"ODOO_SOURCE={named} holds {series_of(folder) or 'no Odoo'}, and this project "
                f"needs {SERIES}: check out the branch {SERIES} of Odoo there."
            )
        return Odoo(folder, "ODOO_SOURCE")
    if (installed := importable_odoo()) is not None:
        return Odoo(installed, "already installed")
    folder = UNPACKED / "usr" / "lib" / "python3" / "dist-packages"
    if stamps.is_stamped("odoo", str(folder)) and series_of(folder) == SERIES:
        return Odoo(folder, "Debian package, unpacked earlier")
    fetch_debian_package()
    if series_of(folder) != SERIES:
        raise Sorry(
            f"Debian's package odoo-19 now holds Odoo {series_of(folder)}, not {SERIES}: put an "
            f"older file of it into {DOWNLOADS}, or set ODOO_SOURCE to a checkout of {SERIES}."
        )
    stamps.stamp("odoo", str(folder))
    return Odoo(folder, "Debian package")


def importable_odoo() -> Path | None:
    """An Odoo of this series outside `.local/` that this Python finds by itself."""
    spec = importlib.util.find_spec("odoo")
    for location in (spec.submodule_search_locations if spec else None) or ():
        folder = Path(location).resolve().parent
        if not folder.is_relative_to(LOCAL) and series_of(folder) == SERIES:
            return folder
    return None


def fetch_debian_package() -> None:
    """Download, unpack under a temporary name, repair the links, then rename."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Sorry(
            "Odoo 19 is not on this machine and there is no apt-get to fetch Debian's package of "
            "it: get Odoo's source of branch 19.0 (git clone --depth 1 --branch 19.0 of the "
            "repository odoo/odoo), then set ODOO_SOURCE to that folder."
        )
    need_disk(LOCAL, 4)
    files = [file for suite in PACKAGES_BY_SUITE for file in download(suite)]
    fresh = LOCAL / "odoo.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for file in files:
        detail(f"unpacking {file.name} ({megabytes(file)})")
        run_logged(["dpkg-deb", "-x", file, fresh], f"unpacking {file.name}", "unpack")
    detail(f"{relink(fresh)} links made relative")
    add_segmentation(fresh / "usr/lib/python3/dist-packages/odoo" / SEGMENTATION_FILE)
    shutil.rmtree(UNPACKED, ignore_errors=True)
    fresh.rename(UNPACKED)


def download(suite: str) -> list[Path]:
    """The suite's packages as files; what was downloaded once is kept and used again."""
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    wanted = PACKAGES_BY_SUITE[suite]
    missing = [name for name in wanted if downloaded(name) is None]
    if missing:
        apt = private_apt(suite)
        detail(f"reading the package list of {suite}")
        run_logged([*apt, "update"], "reading Debian's package list", "apt")
        partial = DOWNLOADS / "partial"
        partial.mkdir(exist_ok=True)
        for name in missing:
            detail(f"downloading {name}")
            run_logged([*apt, "download", name], f"downloading {name}", "apt", cwd=partial)
            # Moved only when whole, so an interrupted download is never taken for one.
            for file in partial.glob(f"{name}_*.deb"):
                file.replace(DOWNLOADS / file.name)
    files = [downloaded(name) for name in wanted]
    if None in files:
        raise Sorry(f"apt-get downloaded no file for some of {', '.join(missing)}; see .local/logs.")
    return [file for file in files if file]


def downloaded(name: str) -> Path | None:
    return next(iter(sorted(DOWNLOADS.glob(f"{name}_*.deb"))), None)


def private_apt(suite: str, etc_apt: Path = Path("/etc/apt")) -> list[str]:
    """An apt-get with its own state and one source, which needs no root and changes nothing."""
    source = apt_sources.debian_mirror(apt_sources.read_sources(etc_apt))
    mirror = os.environ.get("MED_DEBIAN_MIRROR") or (source.uri if source else None)
    if not mirror:
        raise Sorry(
            "this machine's apt does not use a mirror of Debian's archive: set MED_DEBIAN_MIRROR "
            "to one, or set ODOO_SOURCE to a checkout of Odoo 19.0."
        )
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    if not keyring.is_file() and source and source.signed_by:
        keyring = Path(source.signed_by)
    if not keyring.is_file():
        raise Sorry(
            "the keys of Debian's archive are not on this machine: install the package "
            "debian-archive-keyring, or set ODOO_SOURCE to a checkout of Odoo 19.0."
        )
    state = LOCAL / "apt" / suite
    for folder in ("lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    stamps.write_atomically(state / "sources.list", f"deb [signed-by={keyring}] {mirror} {suite} main\n")
    options = {
        "Dir::State::Lists": state / "lists",
        "Dir::Cache": state / "cache",
        "Dir::Etc::SourceList": state / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        # apt's own sandbox user may not enter the folders of a checkout.
        "APT::Sandbox::User": "" if os.name != "posix" or os.getuid() else "root",
        "APT::Update::Error-Mode": "any",
        # Only package lists: translations, contents and desktop data are megabytes of nothing.
        "Acquire::Languages": "none",
    }
    return ["apt-get", *(f"-o{name}={value}" for name, value in options.items() if value)]


def relink(root: Path) -> int:
    """Absolute links would point into the machine's /usr; make them point into this folder."""
    count = 0
    for folder, _folders, names in os.walk(root):
        for name in names + _folders:
            link = Path(folder, name)
            if link.is_symlink() and (target := os.readlink(link)).startswith("/"):
                link.unlink()
                link.symlink_to(os.path.relpath(root / target[1:], folder))
                count += 1
    return count


def add_segmentation(file: Path, pack: Callable[[Path], bool] | None = None) -> None:
    """The real file where npm can be asked for it, else the stub."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    if not (pack or pack_segmentation)(file):
        file.write_text(SEGMENTATION_STUB, encoding="utf-8")


def pack_segmentation(file: Path) -> bool:
    """Copy the missing file out of the npm package that carries it."""
    if not shutil.which("npm"):
        return False
    folder = DOWNLOADS / "segmentation"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    package = "@mediapipe/selfie_segmentation@0.1.1675465747"
    npm = subprocess.run(
        ["npm", "pack", "--silent", "--fetch-retries=0", package],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=120,
    )
    archives = list(folder.glob("*.tgz"))
    if npm.returncode or not archives:
        return False
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile("package/selfie_segmentation.js")
        if member is None:
            return False
        file.write_bytes(member.read())
    return True
