"""The virtual environment `.local/venv`: pinned packages, and Odoo on its import path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import stamps
from tools.places import LOCAL, ROOT, VENV
from tools.processes import run_logged
from tools.say import Sorry, Steps, detail, need_disk

PYTHON = VENV / "bin" / "python"
RUNTIME = (ROOT / "tools" / "requirements-odoo.txt", ROOT / "requirements.txt")
DEVELOPMENT = (ROOT / "requirements-dev.txt",)


def inside() -> bool:
    """Does this very process run in the project's environment?"""
    return Path(sys.prefix) == VENV


def requirement_files(*, development: bool) -> tuple[Path, ...]:
    return RUNTIME + DEVELOPMENT if development else RUNTIME


def key(files: tuple[Path, ...]) -> str:
    # The interpreter is part of the key: wheels of one do not load in another.
    version = "{}.{}".format(*sys.version_info[:2])
    return stamps.key_of(version, stamps.key_of_files(files, ROOT))


def is_ready(*, development: bool) -> bool:
    if not PYTHON.exists():
        return False
    groups = [("venv-runtime", RUNTIME)] + [("venv-dev", DEVELOPMENT)] * development
    return all(stamps.is_stamped(name, key(files)) for name, files in groups)


def ensure(steps: Steps, *, development: bool) -> None:
    """Create the environment and install what is missing, each part once."""
    with steps.step("Python environment") as note:
        if is_ready(development=development):
            return
        need_disk(LOCAL, 2.5)
        if not works():
            create()
        groups = [("venv-runtime", RUNTIME)] + [("venv-dev", DEVELOPMENT)] * development
        for name, files in groups:
            if stamps.is_stamped(name, key(files)):
                continue
            packages = sum(count_pins(file) for file in files)
            detail(f"installing {packages} packages ({', '.join(f.name for f in files)})")
            install(files)
            stamps.stamp(name, key(files))
        note(f"Python {sys.version.split()[0]}")


def works() -> bool:
    """Is there an environment that this Python made and that still starts?"""
    if not PYTHON.exists():
        return False
    probe = "import sys, pip; print('{}.{}'.format(*sys.version_info[:2]))"
    done = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=False)
    return done.stdout.strip() == "{}.{}".format(*sys.version_info[:2])


def create() -> None:
    for name in ("venv-runtime", "venv-dev"):
        stamps.unstamp(name)
    shutil.rmtree(VENV, ignore_errors=True)
    ensure_venv_module()
    run_logged([base_python(), "-m", "venv", VENV], "creating the Python environment", "venv")


def base_python() -> str:
    """The interpreter outside any environment, so that ours does not hang on another one."""
    return getattr(sys, "_base_executable", None) or sys.executable


def ensure_venv_module() -> None:
    """Debian packs `venv` apart from Python; as root it is installed, else one sentence."""
    check = [base_python(), "-c", "import venv, ensurepip"]
    if subprocess.run(check, capture_output=True, check=False).returncode == 0:
        return
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if os.getuid() == 0 and shutil.which("apt-get"):
        apt_install(package)
        return
    raise Sorry(
        f"this Python cannot make virtual environments: install the package {package} "
        "(as root: apt-get install python3-venv) and start again."
    )


def apt_install(*packages: str) -> None:
    """Only ever called as root."""
    detail(f"apt-get install {' '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    what = f"installing {' '.join(packages)}"
    run_logged(["apt-get", "update"], what, "apt", env=quiet)
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    run_logged(command, what, "apt", env=quiet)


def count_pins(file: Path) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return sum(1 for line in lines if "==" in line and not line.startswith("#"))


def install(files: tuple[Path, ...]) -> None:
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
    ]
    for file in files:
        command += ["-r", file]
    run_logged(command, "installing Python packages", "pip")


def add_to_path(folder: Path) -> None:
    """A .pth file makes `import odoo` work and lets pip see the distribution odoo 19.0."""
    for site in (VENV / "lib").glob("python*/site-packages"):
        pth = site / "odoo.pth"
        if not pth.is_file() or pth.read_text(encoding="utf-8") != f"{folder}\n":
            stamps.write_atomically(pth, f"{folder}\n")


def reenter(*, development: bool, steps: int) -> None:
    """Go on in the project's environment: returns only when already there and up to date."""
    if inside() and is_ready(development=development):
        return
    if inside():
        # The environment must not rebuild itself while it runs.
        os.execv(base_python(), [base_python(), *sys.argv])
    if not is_ready(development=development):
        ensure(Steps(steps), development=development)
    os.execv(PYTHON, [str(PYTHON), *sys.argv])
