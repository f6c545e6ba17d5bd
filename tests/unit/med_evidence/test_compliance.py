"""The table of clauses says nothing that no test shows, and leaves no clause out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "compliance.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^\| (\w+) \| `([^`]+\.py)` \|$", TEXT, re.MULTILINE))
NAMED = re.findall(r"`(\w+)::(test_\w+)`", TEXT)
ROWS = [line.split(" | ") for line in TEXT.splitlines() if re.match(r"\| (11\.\d|A11|GSP)", line)]
CLAUSES = [
    *(f"11.10({letter})" for letter in "abcdefghijk"),
    *("11.50(a)", "11.50(b)", "11.70", "11.100(a)", "11.100(b)", "11.100(c)"),
    *("11.200(a)(1)", "11.200(a)(2)", "11.200(a)(3)", "11.200(b)"),
    *(f"11.300({letter})" for letter in "abcde"),
]


def _tests_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_named_exists():
    tests = {name: _tests_in(file) for name, file in FILES.items()}
    assert len(NAMED) > 40
    assert [f"{file}::{test}" for file, test in NAMED if test not in tests.get(file, set())] == []


def test_every_clause_of_part_11_is_there_once():
    clauses = [row[0].removeprefix("| ") for row in ROWS]
    assert [clause for clause in CLAUSES if clauses.count(clause) != 1] == []


def test_every_paragraph_of_annex_11_is_there():
    said = {number for row in ROWS if row[0].startswith("| A11-") for number in re.findall(r"\b\d+\b", row[0][6:])}
    assert {str(number) for number in range(1, 18)} - said == set()


def test_a_clause_without_a_test_is_the_users():
    assert [row[0] for row in ROWS if row[-1].strip(" |") == "–" and "*Yours*" not in row[2]] == []
