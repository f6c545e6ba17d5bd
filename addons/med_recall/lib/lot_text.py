"""Reads what a notice says of lots, serials and dates into proposals for the scope of a recall.

    "Lot numbers: A123, A125 to A130; all lots made before 2024-05; serials S1 - S9"

It never guesses silently. Every word it cannot place is handed back in ``unread``, and a notice
counts as read without help only when nothing is left over. A person confirms in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from . import dates

KINDS = ("lot", "lot_range", "serial", "serial_range", "di", "model", "expiry", "made", "shipped", "all")
MAX_TEXT = 200_000


@dataclass(frozen=True)
class Proposal:
    """One line of a scope. Ranges and days are inclusive; None is open on that side.

    The days of a lot or serial are those the notice prints beside it, for the eye that confirms;
    the days of an ``expiry``, ``made`` or ``shipped`` line are the criterion itself.
    """

    kind: str
    first: str = ""
    last: str = ""
    day_from: date | None = None
    day_to: date | None = None


@dataclass(frozen=True)
class Reading:
    proposals: tuple[Proposal, ...]
    unread: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Read without help: it names something, and not a word is left over."""
        return bool(self.proposals) and not self.unread


# Longer spellings first. What they announce until the next one.
LABELS = (
    ("di", r"(?:primary\s+)?(?:udi-di|udi/di|gtin|device\s+identifiers?|udi)(?:\s+(?:number|no\.?|code)s?)?"),
    (
        "expiry",
        r"(?:expiration|expiry|exp\.?)(?:\s*dates?)?|best\s+(?:if\s+used\s+)?(?:by|before)|use[\s-]+by(?:\s+date)?|有效期至|失效日期|失效期",
    ),
    (
        "made",
        r"(?:date\s+(?:produced|of\s+manufacture)|(?:manufactur(?:ed|ing|e)|production|mfg\.?|made)(?:\s+and\s+distributed)?(?:\s+dates?)?)|生产日期",
    ),
    ("shipped", r"(?:distributed|shipped|sold)(?:\s+dates?)?|销售日期"),
    ("serial", r"serial(?:s|\s+(?:numbers?|nos?\.?|#))?|s/n(?:'?s)?|sn(?=\s*[:#])|序列号"),
    (
        "model",
        r"(?:catalog(?:ue)?|cat\.?|model|part|item|product|ref(?:erence)?|sku|material)\s*(?:numbers?|nos?\.?|codes?|#)|models?(?=\s*:)|ref(?=[\s:])|sku|upc|ndc|型号|规格",
    ),
    (
        "lot",
        r"(?:lot|batch)(?:s|es)?(?:\s*/\s*(?:lot|batch)(?:s|es)?)?(?:\s*(?:numbers?|nos?\.?|codes?|id|#))?(?:'?s)?(?![A-Za-z0-9])|units?(?:\s+numbers?)?(?=\s*[:#])|codes?(?=\s*[:#]|\s+\d)|批号|批次号?|编号",
    ),
)
_ALL = re.compile(
    r"all\s+(?:affected\s+)?(?:lots?|products?|units?|codes?|serial\s+numbers?|batches|serials|devices|models)(?:\s+(?:numbers?|codes?))?|(?:所有|全部)(?:批次|批号|产品|序列号)",
    re.IGNORECASE,
)
_LABEL = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in LABELS}
_DATE = re.compile(dates.PATTERN, re.IGNORECASE)
_ITEM = re.compile(r"(?:\d{1,2}|[A-Za-z])\)(?:\s*(?:-|and|&|,|to)\s*(?:\d{1,2}|[A-Za-z])\))*")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/*+]*(?:-[A-Za-z0-9._/*+]+)*")
_RANGE = re.compile(r"\s*(?:through|thru|up\s+to|to|[-–—~～]|至|到)\s*", re.IGNORECASE)
_BEFORE = re.compile(r"(?:on\s+or\s+)?(?:before|prior\s+to|until|through|up\s+to|earlier\s+than)\b|早于", re.IGNORECASE)
_AFTER = re.compile(r"(?:on\s+or\s+)?(?:after|since|from|later\s+than)\b|晚于|自", re.IGNORECASE)
_BETWEEN = re.compile(r"between|from", re.IGNORECASE)
# words that say nothing about which units are meant
_NOISE = re.compile(
    r"(?:including\s+but\s+not\s+limited\s+to|including|the\s+following|affected|recalled|with|and|or|of|for|is|are|were|on|in|"
    r"the|all|a|an|dates?|numbers?|nos?\.?|以及|和|及|或|产品)(?![-/_]?[A-Za-z0-9])|[\s,;:.#&()\[\]'\"*，；：。、（）＃]+",
    re.IGNORECASE,
)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.kind = text, 0, "lot"
        self.labelled = False
        # lots named since the last date, which a date behind them describes
        self.group: list[int] = []
        self.named = False
        self.word_start, self.word_end = 0, -1
        self.proposals: list[Proposal] = []
        self.unread: list[str] = []

    def match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.at)
        if found and found.end() > self.at:
            self.at = found.end()
            return found.group()
        return None

    def run(self) -> Reading:
        while self.at < len(self.text):
            self.step()
        return Reading(tuple(dict.fromkeys(self.proposals)), tuple(dict.fromkeys(self.unread)))

    def step(self) -> None:
        if self.at_word() and (self.match(_ITEM) is not None):
            self.group, self.named = [], False
            return
        if self.at_word() and self.match(_ALL):
            self.proposals.append(Proposal("all"))
            self.group, self.named = [], False
            return
        if self.at_word() and self.label():
            return
        if self.days():
            return
        if self.match(_NOISE) is not None:
            return
        word = self.match(_IDENTIFIER)
        if word is None:
            # a mark that stands alone, a dash between two thoughts
            self.at += 1
            return
        self.identifier(word)

    def at_word(self) -> bool:
        return self.at == 0 or not self.text[self.at - 1].isalnum() or not self.text[self.at].isascii()

    def label(self) -> bool:
        for kind, pattern in _LABEL.items():
            if self.match(pattern) is not None:
                self.kind, self.labelled = kind, True
                return True
        return False

    # Days ----------------------------------------------------------------------------

    def days(self) -> bool:
        """A date, a range of dates, "before" or "after" one. What kind of date it is was said by
        the label before it; a bare date beside a lot is its expiry date."""
        start = self.at
        side = None
        if self.at_word():
            if self.match(_BETWEEN):
                side = "between"
            elif self.match(_BEFORE):
                side = "before"
            elif self.match(_AFTER):
                side = "after"
        if side:
            self.match(re.compile(r"\s+"))
        found = self.read_date()
        if found is None:
            self.at = start
            return False
        first, last = found
        kind = self.kind if self.kind in ("expiry", "made", "shipped") else "expiry"
        mark = self.at
        if self.match(_RANGE) is not None or (side == "between" and self.match(re.compile(r"\s+and\s+", re.I))):
            second = self.read_date()
            if second is not None:
                self.dated(kind, first, second[1])
                return True
            self.at = mark
        if side == "before":
            # before May is until the end of April; on or before a day includes it
            including = self.text[start : start + 2].lower() == "on"
            end = (
                last
                if including or self.text[start:mark].lower().startswith(("through", "up", "until"))
                else first - timedelta(days=1)
            )
            self.dated(kind, None, end)
        elif side in ("after", "between"):
            including = self.text[start : start + 2].lower() == "on" or self.text[start : start + 5].lower() in (
                "since",
                "from ",
            )
            self.dated(kind, first if including else last + timedelta(days=1), None)
        else:
            self.dated(kind, first, last)
        return True

    def dated(self, kind: str, first: date | None, last: date | None) -> None:
        """Behind a lot a date describes that lot; behind "all lots", or alone, it is the scope."""
        if self.named:
            for index in self.group:
                self.proposals[index] = replace(self.proposals[index], day_from=first, day_to=last)
            self.group = []
            return
        if self.proposals and self.proposals[-1].kind == "all":
            self.proposals.pop()
        self.proposals.append(Proposal(kind, day_from=first, day_to=last))

    def name(self, proposal: Proposal) -> None:
        if proposal.kind != "model":
            self.group.append(len(self.proposals))
            self.named = True
        self.proposals.append(proposal)
        self.word_end = self.at

    def read_date(self) -> tuple[date, date] | None:
        found = _DATE.match(self.text, self.at)
        if not found or not self.at_word():
            return None
        after = self.text[found.end() : found.end() + 1]
        days = dates.read(found.group())
        if days is None or (after.isascii() and after.isalnum()):
            return None
        self.at = found.end()
        return days

    # Identifiers ---------------------------------------------------------------------

    def identifier(self, word: str) -> None:
        kept = self.trim(word)
        self.at -= len(word) - len(kept)
        word = kept
        if self.closes_nothing():
            # "16KS022812) and": where the number ends and the item begins is anybody's guess
            self.unread.append(word + ")")
            self.at += 1
            return
        kind = "lot" if self.kind in ("expiry", "made", "shipped") else self.kind
        if not self.is_identifier(word):
            self.unread.append(word)
            return
        if self.word_end >= 0 and self.text[self.word_end : self.at].removesuffix(word).isspace():
            # one name with blanks in it, or two names? Nobody can tell from here
            self.unread.append(self.text[self.word_start : self.at])
        self.word_start = self.at - len(word)
        mark = self.at
        if kind in ("lot", "serial") and self.match(_RANGE) is not None and self.date_ahead() is False:
            other = self.match(_IDENTIFIER)
            if other is not None and self.is_identifier(self.trim(other)):
                self.range(kind, word, self.trim(other))
                return
        self.at = mark
        self.name(Proposal(kind, word))

    def closes_nothing(self) -> bool:
        """Whether a bracket follows that was never opened."""
        before = self.text[: self.at]
        return self.text[self.at : self.at + 1] == ")" and before.rfind("(") <= before.rfind(")")

    def date_ahead(self) -> bool:
        mark = self.at
        found = self.read_date() is not None
        self.at = mark
        return found

    def trim(self, word: str) -> str:
        """A full stop or slash at the end belongs to the sentence."""
        kept = word.rstrip("./*+")
        return kept or word

    def is_identifier(self, word: str) -> bool:
        """A number or a code, not a word of the sentence: it has a digit, or it stands behind a
        label in capitals."""
        if any(character.isdigit() for character in word):
            return True
        return self.labelled and word.isupper() and len(word) > 2

    def range(self, kind: str, first: str, last: str) -> None:
        same = _shape(first)
        if len(last) < len(first) and last.isdigit():
            # "A125-30" is A125 to A130
            last = first[: len(first) - len(last)] + last
        if same is not None and _shape(last) == same and first <= last:
            self.name(Proposal(f"{kind}_range", first, last))
        else:
            # two numbers of different build span nothing that could be listed
            self.unread.append(f"{first} - {last}")


_PARTS = re.compile(r"(.*?)(\d+)$")


def _shape(word: str) -> tuple[str, int] | None:
    """What the numbers of one range have in common: all before the counter, and its width."""
    found = _PARTS.match(word)
    return (found.group(1), len(found.group(2))) if found else None


def parse(text: str) -> Reading:
    """Every scope proposal in ``text``, in its order, and the words that could not be placed.

    :raises ValueError: text longer than 200,000 characters
    """
    if len(text) > MAX_TEXT:
        raise ValueError("text too long")
    return _Reader(text).run()


def in_range(name: str, first: str, last: str) -> bool:
    """Whether a lot or serial lies in the range: the same build, and the counter in between."""
    shape = _shape(first)
    return shape is not None and _shape(name) == shape and first <= name <= last


def range_names(first: str, last: str, limit: int = 10_000) -> Iterator[str]:
    """The names of a range, at most ``limit``."""
    shape = _shape(first)
    if shape is None or _shape(last) != shape:
        return
    prefix, width = shape
    start, end = int(first[len(prefix) :]), int(last[len(prefix) :])
    for number in range(start, min(end, start + limit - 1) + 1):
        yield f"{prefix}{number:0{width}d}"
