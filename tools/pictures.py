"""Takes the pictures of docs/pictures: the screens of the day of tests/scenarios, in English and
Chinese, in a real browser on a database of its own.

    ./run --no-serve && .local/venv/bin/python -m tools.pictures [NAME ...]
"""
