"""The verdict over several phases."""

from __future__ import annotations

from pathlib import Path

from tools.results import Result, read, total

REPORT = """\
<testsuites><testsuite>
<testcase classname="a" name="ok"/>
<testcase classname="a" name="bad"><failure message="x"/></testcase>
<testcase classname="a" name="known"><skipped type="pytest.xfail" message="later"/></testcase>
<testcase classname="a" name="tour"><skipped message="Chrome executable not found"/></testcase>
<testcase classname="a" name="os"><skipped message="only on Windows"/></testcase>
</testsuite></testsuites>
"""


def test_report_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "r.xml"
    file.write_text(REPORT)
    assert read(file, 1) == Result(1, 2, 1, 2, ("a.tour",))


def test_crash_without_a_report_keeps_its_code(tmp_path: Path) -> None:
    assert read(tmp_path / "none.xml", 4).code == 4


def test_nothing_in_one_phase_is_fine_when_the_other_has_tests() -> None:
    assert total([Result(0, passed=3), Result(5)], browser_wanted=True).code == 0


def test_nothing_at_all_is_not_fine() -> None:
    assert total([Result(5), Result(5)], browser_wanted=True).code == 5
    assert total([], browser_wanted=True).code == 5


def test_skipped_tour_fails_the_run_unless_left_out_on_purpose() -> None:
    skipped = Result(0, passed=1, skipped=1, browser_skips=("a.tour",))
    assert total([skipped], browser_wanted=True).code == 1
    assert total([skipped], browser_wanted=False).code == 0


def test_closing_line() -> None:
    both = total([Result(0, 3, 0, 1), Result(1, 2, 1, 0)], browser_wanted=True)
    assert str(both) == "5 passed, 1 failed, 1 skipped"
