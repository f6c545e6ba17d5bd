"""Notices as regulators publish them: openFDA's JSON and tables with a heading, into one shape."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from . import dates


class UnreadableError(ValueError):
    """``code`` says why, ``params`` fill the sentence."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


# What each field is called in the files of openFDA (device recall, enforcement, the archive of
# 2012), in regulators' feeds and in tables that people make. The first that holds something wins.
ALIASES = {
    "number": (
        "recall_number", "product_res_number", "res_event_number", "cfres_id", "event_id", "recall-number",
        "notice_number", "notice", "number", "id", "召回编号", "编号",
    ),
    "firm": ("recalling_firm", "recalling-firm", "firm", "company", "manufacturer", "regulator", "召回企业", "生产企业", "企业"),
    "product": (
        "product_description", "product-description", "product", "device_name", "title_en", "product_descrpition",
        "product name", "产品名称", "产品", "title_zh",
    ),
    "code_text": (
        "code_info", "code-info", "lots", "lot_numbers", "lot numbers", "lot", "serial_numbers", "codes", "批号", "批次",
        "序列号",
    ),
    "reason": ("reason_for_recall", "reason-for-recall", "reason", "root_cause_description", "summary_en", "召回原因", "原因"),
    "classification": ("classification", "device_class", "class", "level", "召回级别", "级别"),
    "published": (
        "report_date", "report-date", "recall_initiation_date", "event_date_initiated", "event_date_posted", "published",
        "date", "日期", "发布日期",
    ),
    "quantity": ("product_quantity", "product-quantity", "quantity", "数量"),
    "distribution": ("distribution_pattern", "distribution-pattern", "distribution", "销售范围"),
    "url": ("url", "link", "网址"),
    "action": ("action", "text", "recommended_action"),
}  # fmt: skip
LIMIT = 100_000


@dataclass(frozen=True)
class Notice:
    """One notice in our own words' places; ``raw`` is the record as it came."""

    number: str = ""
    firm: str = ""
    product: str = ""
    code_text: str = ""
    reason: str = ""
    classification: str = ""
    published: date | None = None
    quantity: str = ""
    distribution: str = ""
    url: str = ""
    action: str = ""
    raw: str = field(default="", compare=False)


def from_json(text: str) -> Iterator[Mapping[str, Any]]:
    """Records of openFDA's answer (``{"results": [...]}``), of a list, or of one JSON a line.

    :raises UnreadableError: ``not_json`` with the line, ``no_records``
    """
    stripped = text.lstrip("\ufeff").strip()
    try:
        value = json.loads(stripped)
    except ValueError:
        value = None
    if value is None:
        records = []
        for number, line in enumerate(stripped.split("\n"), 1):
            if line.strip():
                try:
                    records.append(json.loads(line))
                except ValueError as error:
                    raise UnreadableError("not_json", line=str(number)) from error
        value = records
    if isinstance(value, dict):
        value = value.get("results", [value])
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        raise UnreadableError("no_records")
    yield from value[:LIMIT]


def from_csv(text: str) -> Iterator[Mapping[str, Any]]:
    """Records of a table with a heading, separated by comma, semicolon or tab."""
    text = text.lstrip("\ufeff")
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    csv.field_size_limit(10_000_000)
    yield from from_rows(csv.reader(text.splitlines(keepends=True), delimiter=separator))


def from_rows(rows: Iterable[Sequence[object]]) -> Iterator[Mapping[str, Any]]:
    """Records of rows, the first of which is the heading.

    :raises UnreadableError: ``no_heading``, ``shifted`` when the cells plainly are not what their
        heading says
    """
    iterator = iter(rows)
    heading = [str(cell or "").strip().lower() for cell in next(iterator, [])]
    known = {alias for aliases in ALIASES.values() for alias in aliases}
    if not known & set(heading):
        raise UnreadableError("no_heading", columns=", ".join(filter(None, heading))[:200])
    records = [dict(zip(heading, row, strict=False)) for row in iterator]
    _check_not_shifted(records)
    yield from records[:LIMIT]


_WEB = re.compile(r"https?://", re.IGNORECASE)


def _check_not_shifted(records: Sequence[Mapping[str, Any]]) -> None:
    """A published table has its headings beside its data; guessing would file reasons as dates."""
    some = records[:50]
    for name in records[0] if records else ():
        addresses = sum(1 for record in some if _WEB.match(str(record.get(name) or "")))
        if name not in ALIASES["url"] and addresses * 2 > len(some):
            raise UnreadableError("shifted", column=name, holds=str(records[0].get(name))[:60])


def read(record: Mapping[str, Any]) -> Notice:
    """One record as a notice.

    :raises UnreadableError: ``nothing`` when it names neither a product nor lots
    """
    lowered = {str(key).strip().lower(): value for key, value in record.items() if key is not None}
    values = {name: _first(lowered, aliases) for name, aliases in ALIASES.items()}
    if not values["product"] and not values["code_text"] and not values["firm"] and not values["action"]:
        raise UnreadableError("nothing", columns=", ".join(lowered)[:200])
    published = dates.compact(values.pop("published"))
    return Notice(published=published, raw=json.dumps(record, ensure_ascii=False, default=str), **values)


def _first(record: Mapping[str, Any], aliases: Iterable[str]) -> str:
    for alias in aliases:
        value = record.get(alias)
        if value not in (None, "", []):
            return "; ".join(map(str, value)) if isinstance(value, list) else str(value).strip()
    return ""


_ROMAN = {"1": "I", "2": "II", "3": "III", "一": "I", "二": "II", "三": "III"}


def level(classification: str) -> str | None:
    """I, II or III, however the class is written, or None."""
    found = re.search(r"\b(I{1,3}|[123])\b|([一二三])级", classification)
    if not found:
        return None
    word = found.group(1) or found.group(2)
    return _ROMAN.get(word, word)
