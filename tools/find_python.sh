# shellcheck shell=bash
# Prints the first Python of at least 3.11 (the forecasting libraries need it) on this machine; what runs before the
# project's own virtual environment exists needs nothing but the standard library.
find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.12 python3.11 python3.13 python; do
        if [ -n "$candidate" ] && "$candidate" -c \
            'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' 2>/dev/null; then
            command -v -- "$candidate"
            return
        fi
    done
    echo "$1: this project needs Python 3.11 to 3.13 and none is in PATH:" \
        "install one, or name it: PYTHON=/path/to/python3 ./$1" >&2
    exit 2
}
