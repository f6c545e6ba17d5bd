"""Real notices of regulators: each imports or is refused with a reason; how many lot texts are
read without help is printed, with every one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from med_recall.lib import lot_text, notice

pytestmark = pytest.mark.shared

# file: (how it is read, records, what it is refused with)
FILES = {
    "fda_enforcement_2012.jsonl": (notice.from_json, 37, None),
    "fda_recall_actions_ner.jsonl": (notice.from_json, 1009, None),
    "multi_regulator_safety_notices.jsonl": (notice.from_json, 173, None),
    "openfda_device_recall_2023.csv": (notice.from_csv, 4220, None),
    # its headings stand beside its data
    "fda_press_recalls_2009_2013.csv": (notice.from_csv, 0, "shifted"),
}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    folder = shared / "realdata" / "recall"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: it holds published notices")
    return folder


@pytest.mark.parametrize("name", FILES)
def test_every_record_imports_or_is_refused_with_a_reason(folder: Path, name: str) -> None:
    read, count, refusal = FILES[name]
    text = (folder / name).read_text(encoding="utf-8")
    if refusal:
        with pytest.raises(notice.UnreadableError) as caught:
            list(read(text))
        assert caught.value.code == refusal
        return
    notices = [notice.read(record) for record in read(text)]
    assert len(notices) == count
    assert all(found.product or found.code_text or found.firm or found.action for found in notices)
    with_text = sum(1 for found in notices if found.code_text)
    print(f"\n{name}: {count} notices, {with_text} with a lot text")  # noqa: T201 - the share is what is to be seen


def test_share_of_lot_texts_read_without_help(folder: Path) -> None:
    text = (folder / "fda_enforcement_2012.jsonl").read_text(encoding="utf-8")
    texts = [found.code_text for found in map(notice.read, notice.from_json(text)) if found.code_text]
    failed = [(text, reading.unread) for text in texts if not (reading := lot_text.parse(text)).is_complete]
    print(f"\n{len(texts) - len(failed)} of {len(texts)} lot texts read without help")  # noqa: T201 - the share is what is to be seen
    for text, unread in failed:
        print(f"  not read: {', '.join(unread[:5]) or 'no lot in it'}  <-  {text[:100]!r}")  # noqa: T201 - the share is what is to be seen
    assert len(texts) == 36
    assert len(failed) <= 4
