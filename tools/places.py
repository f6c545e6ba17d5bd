"""Where things lie. Everything the tools make is below `.local/` of this very checkout."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
ADDONS = ROOT / "addons"
DOWNLOADS = LOCAL / "downloads"
VENV = LOCAL / "venv"
LOGS = LOCAL / "logs"

# A Unix socket's whole path must fit in about 107 bytes, `/.s.PGSQL.5432` included.
SOCKET_PATH_LIMIT = 100


def checkout_id(root: Path = ROOT) -> str:
    """Six letters that tell this checkout from another one on the same machine or server."""
    return hashlib.sha256(str(root).encode()).hexdigest()[:6]


def socket_folder(preferred: Path, root: Path = ROOT) -> Path:
    """The preferred folder, or a short one of this checkout's own when its path is too long."""
    if len(os.fsencode(preferred / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return preferred
    user = getattr(os, "getuid", lambda: 0)()
    return Path(tempfile.gettempdir()) / f"med-{user}-{checkout_id(root)}"
