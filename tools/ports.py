"""Which HTTP port to serve on."""

from __future__ import annotations

import socket

from tools.say import Sorry

TRIES = 50


def is_free(port: int, interface: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Odoo does: a port whose last connections are only fading out is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((interface, port))
        except OSError:
            return False
    return True


def choose(asked: int | None, default: int, interface: str = "127.0.0.1") -> int:
    """The port asked for or a sentence; without a wish the default or the next free one."""
    if asked is not None:
        if not is_free(asked, interface):
            raise Sorry(
                f"port {asked} is taken by another program: stop that one, or choose another "
                "port, or leave out --port and the next free one is used."
            )
        return asked
    for port in range(default, default + TRIES):
        if is_free(port, interface):
            return port
    raise Sorry(f"the ports {default} to {default + TRIES - 1} are all taken: choose one with --port.")
