"""Databases with their filestores and their evidence folders (keys and notes): create, copy, drop, list."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from tools.say import Sorry
from tools.settings import DATA, Server


@contextmanager
def cursor(server: Server, database: str = "postgres") -> Iterator[Any]:
    """A cursor that commits by itself, as making and dropping databases demands."""
    try:
        connection = psycopg2.connect(**server.dsn(database), connect_timeout=10)
    except psycopg2.OperationalError as error:
        reason = " ".join(str(error).split())
        raise Sorry(
            f"PostgreSQL at {server.host}:{server.port} does not let {server.user} in "
            f"({reason}): start it, or correct db_host, db_port, db_user in odoo.conf."
        ) from None
    connection.autocommit = True
    try:
        with connection.cursor() as cr:
            yield cr
    finally:
        connection.close()


def filestore(database: str) -> Path:
    return DATA / "filestore" / database


def evidence(database: str) -> Path:
    """Where med_evidence keeps what must not be in the database. Another database of the same
    name would be compared with the notes about this one, so it comes and goes with it."""
    return DATA / "evidence" / database


def folders(database: str) -> tuple[Path, ...]:
    return filestore(database), evidence(database)


def names(server: Server) -> list[str]:
    with cursor(server) as cr:
        cr.execute("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")
        return [row[0] for row in cr.fetchall()]


def exists(server: Server, database: str) -> bool:
    return database in names(server)


def drop(server: Server, database: str) -> None:
    with cursor(server) as cr:
        disconnect(cr, database)
        cr.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))
    for folder in folders(database):
        shutil.rmtree(folder, ignore_errors=True)


def disconnect(cr: Any, database: str) -> None:
    # Only our own: PostgreSQL sends its vacuum workers away by itself.
    cr.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid() AND usename = current_user",
        [database],
    )


def copy(server: Server, source: str, target: str) -> None:
    """A copy costs seconds where an installation costs minutes. Attachments are hard links:
    Odoo names them by their content and never writes into one."""
    drop(server, target)
    with cursor(server) as cr:
        disconnect(cr, source)
        # Copying files is several times faster than logging every page.
        statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        if cr.connection.server_version < 150000:
            statement = "CREATE DATABASE {} TEMPLATE {}"
        cr.execute(sql.SQL(statement).format(sql.Identifier(target), sql.Identifier(source)))
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(target), copy_function=link_or_copy)
    if evidence(source).is_dir():
        shutil.copytree(evidence(source), evidence(target))


def rename(server: Server, source: str, target: str) -> None:
    drop(server, target)
    with cursor(server) as cr:
        disconnect(cr, source)
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        cr.execute(statement.format(sql.Identifier(source), sql.Identifier(target)))
    for before, after in zip(folders(source), folders(target), strict=True):
        if before.is_dir():
            before.rename(after)


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without hard links
        shutil.copy2(source, target)
