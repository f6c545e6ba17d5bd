"""Strict reader and writer of GS1 element strings.

Sources: GS1 General Specifications (element strings, FNC1, two-digit years) and the GS1 Barcode
Syntax Dictionary (formats and associations, in ``gs1_ai``). Odoo's own Python and JavaScript
readers disagree with the standard and with each other; nothing here uses them.

What cannot be read raises ScanError. What can be read but must not be taken silently comes back
as ``Scan.problems``:

* ``needs``: an element lacks its companion (a lot without an item key). The rule holds over all
  symbols of the item, so a second barcode may cure it: see :func:`combine`.
* ``ambiguous``: the last variable element has no FNC1 behind it and its end reads like further
  elements. Scanners that swallow FNC1 glue the serial to the lot.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from . import gs1_ai, gs1_rules, gtin
from .errors import Problem, ScanError

FNC1 = "\x1d"
# AIM symbology identifiers whose data is a GS1 element string.
GS1_SYMBOLOGIES = ("]C1", "]e0", "]d2", "]Q3", "]J1")
# Bare GTIN carriers: EAN-13/UPC-A, EAN-8, ITF-14; with the digits each may hold.
GTIN_SYMBOLOGIES = {"]E0": (12, 13), "]E4": (8,), "]I1": (14,)}

_BRACKET = re.compile(r"\((\d{2,4})\)")
# Elements that follow a lot or serial on device labels: what may be glued to one without FNC1.
_GLUED_DATES = ("11", "13", "15", "16", "17")
_GLUED_KEYS = ("00", "01", "02")
_GLUED_TEXTS = ("10", "21")

Element = tuple[str, str]


@dataclass(frozen=True)
class Scan:
    """What one symbol (or several of one item, combined) says.

    ``gtin`` and ``content_gtin`` have 14 digits; ``content_gtin``/``count`` describe what is in a
    logistic unit (AI 02, 37). Dates are full dates, fixed at the moment of reading, because the
    century window moves every year. ``raw`` is the text as the scanner sent it.

    ``scheme``: gs1, gtin, digital_link, epc, hibc, isbt128 or ma. ``agency`` and ``di`` say under
    which identifier the goods are registered (for GS1 the GTIN). ``quantity`` is what the label
    counts itself. ``link``: the character that ties two HIBC symbols together. ``notes``: what was
    read in a way a person may want to know, without being in doubt.
    """

    scheme: str
    raw: str
    elements: tuple[Element, ...] = ()
    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    expiry: date | None = None
    production_date: date | None = None
    sscc: str | None = None
    content_gtin: str | None = None
    count: int | None = None
    symbology: str | None = None
    problems: tuple[Problem, ...] = ()
    di: str | None = None
    agency: str = "GS1"
    quantity: int | None = None
    link: str | None = None
    notes: tuple[Problem, ...] = ()

    @property
    def accepted(self) -> bool:
        """Nothing to ask a person about."""
        return not self.problems

    def get(self, ai: str) -> str | None:
        return next((value for code, value in self.elements if code == ai), None)

    def has_problem(self, code: str) -> bool:
        return any(problem.code == code for problem in self.problems)


# ---------------------------------------------------------------------------
# Dates
# ---------------------------------------------------------------------------


def resolve_year(year: int, today: date) -> int:
    """The full year of a two-digit one: a window from 49 years back to 50 years ahead."""
    century, current = divmod(today.year, 100)
    distance = year - current
    if distance >= 51:
        century -= 1
    elif distance <= -50:
        century += 1
    return year + century * 100


def resolve_date(text: str, today: date) -> date:
    """YYMMDD -> date; day 00 is the last day of the month.

    Century (GS1): a year 51 or more above today's two digits is of the previous century, one 50 or
    more below of the next. Raises ScanError ``bad_date``.
    """
    if len(text) != 6 or not gtin.is_digits(text):
        raise ScanError("bad_date", value=text)
    year, month, day = resolve_year(int(text[:2]), today), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12:
        raise ScanError("bad_date", value=text)
    last = calendar.monthrange(year, month)[1]
    if day > last:
        raise ScanError("bad_date", value=text)
    return date(year, month, day or last)


# ---------------------------------------------------------------------------
# One element
# ---------------------------------------------------------------------------


def _check_value(spec: gs1_ai.Spec, value: str) -> None:
    """Raise ScanError unless ``value`` fits the format of ``spec``."""
    if not value:
        raise ScanError("empty_value", ai=spec.ai)
    position = 0
    for part in spec.parts:
        rest = len(value) - position
        if not rest and part.optional:
            break
        if rest < part.minimum:
            raise ScanError("too_short", ai=spec.ai, value=value)
        piece = value[position : position + part.maximum]
        for char in piece:
            if char not in gs1_rules.CHARACTERS[part.kind]:
                raise ScanError("bad_character", ai=spec.ai, value=value, character=char)
        for rule in part.rules:
            code = gs1_rules.RULES[rule](piece)
            if code == "check_digit":
                expected = str(gtin.check_digit(piece[:-1]))
                raise ScanError(code, ai=spec.ai, value=value, expected=expected)
            if code:
                raise ScanError(code, ai=spec.ai, value=value)
        position += len(piece)
    if position < len(value):
        raise ScanError("too_long", ai=spec.ai, value=value, length=str(spec.maximum))


def _find(text: str, start: int) -> gs1_ai.Spec:
    spec = gs1_ai.find(text, start)
    if spec is None:
        raise ScanError("unknown_ai", text=text[start : start + 4], position=str(start + 1))
    return spec


# ---------------------------------------------------------------------------
# Splitting
# ---------------------------------------------------------------------------


def _split(text: str) -> tuple[list[Element], bool]:
    """Elements of a raw string, and whether the last one ran to the end without FNC1."""
    elements: list[Element] = []
    position, open_end = 0, False
    while position < len(text):
        if text[position] == FNC1:
            # Redundant separators (after predefined lengths, doubled, trailing) do no harm.
            position += 1
            continue
        spec = _find(text, position)
        start = position + len(spec.ai)
        stop = text.find(FNC1, start)
        open_end = stop < 0
        end = len(text) if open_end else stop
        if spec.fixed:
            end = min(end, start + spec.maximum)
            open_end = False
        value = text[start:end]
        _check_value(spec, value)
        elements.append((spec.ai, value))
        position = end
    return elements, open_end


def _split_bracketed(text: str) -> list[Element]:
    """Human readable form: ``(01)…(10)…``. A literal ``(`` inside a value is written ``\\(``.

    Blanks around the brackets are layout of the printed line: character set 82 has no blank.
    """
    marked = text.replace("\\(", "\x00")
    pieces = _BRACKET.split(marked)
    if pieces[0].strip(" ") or len(pieces) < 3:
        raise ScanError("bad_brackets", value=text)
    elements: list[Element] = []
    for ai, marked_value in zip(pieces[1::2], pieces[2::2], strict=True):
        value = marked_value.strip(" ")
        if "(" in value or FNC1 in value:
            raise ScanError("bad_brackets", value=text)
        spec = gs1_ai.TABLE.get(ai)
        if spec is None:
            raise ScanError("unknown_ai", text=ai, position=str(text.find(f"({ai})") + 1))
        value = value.replace("\x00", "(")
        _check_value(spec, value)
        elements.append((ai, value))
    return elements


# ---------------------------------------------------------------------------
# Rules over the whole
# ---------------------------------------------------------------------------


def _without_repeats(elements: Iterable[Element]) -> tuple[Element, ...]:
    """The same AI twice is harmless with one value and a contradiction with two."""
    seen: dict[str, str] = {}
    for ai, value in elements:
        if seen.setdefault(ai, value) != value:
            raise ScanError("repeated", ai=ai, value=seen[ai], other=value)
    return tuple(seen.items())


def _check_exclusions(ais: Sequence[str]) -> None:
    for ai in ais:
        for pattern in gs1_ai.TABLE[ai].excludes:
            other = next((o for o in ais if o != ai and gs1_ai.matches(pattern, o)), None)
            if other:
                raise ScanError("excluded", ai=ai, other=other)


def _unmet_needs(elements: Sequence[Element]) -> list[Problem]:
    ais = [ai for ai, _value in elements]

    def present(pattern: str) -> bool:
        return any(gs1_ai.matches(pattern, ai) for ai in ais)

    problems = [
        Problem("needs", {"ai": ai, "needs": " / ".join("+".join(choice) for choice in group)})
        for ai in ais
        for group in gs1_ai.TABLE[ai].needs
        if not any(all(present(member) for member in choice) for choice in group)
    ]
    if present("8030"):
        # A digital signature signs one instance: these keys need their serial component.
        problems += [
            Problem("needs_serial", {"ai": ai})
            for ai, value in elements
            if (ai in ("253", "255") and len(value) == 13) or (ai == "8003" and len(value) == 14)
        ]
    return problems


def _looks_like_elements(text: str, present: frozenset[str], evidence: bool = False) -> bool:
    """True when the whole of ``text`` reads as elements that may follow on a device label."""
    ai = text[:2]
    if ai in present:
        return False
    if ai in _GLUED_DATES and len(text) >= 8 and gtin.is_digits(text[2:8]):
        rest = text[8:]
        if gs1_rules.RULES["day0"](text[2:8]) is None:
            return not rest or _looks_like_elements(rest, present | {ai}, True)
        return False
    if ai in _GLUED_KEYS:
        size = 20 if ai == "00" else 16
        if len(text) >= size and gtin.has_valid_check_digit(text[2:size]):
            return len(text) == size or _looks_like_elements(text[size:], present | {ai}, True)
        return False
    # A short lot may well contain "21" or "10": alone, only four characters behind it are a sign.
    # Behind a date or key that already read well, any text is.
    return ai in _GLUED_TEXTS and len(text) >= (3 if evidence else 6)


def _ambiguity(elements: Sequence[Element]) -> Problem | None:
    """A lot or serial at the end without FNC1 whose tail reads like further elements.

    Only for lots and serials: those decide what is shipped. The first possible cut is named, so
    that a person (or the record of the lot) can tell which reading is meant.
    """
    ai, value = elements[-1]
    if ai not in _GLUED_TEXTS:
        return None
    present = frozenset(code for code, _value in elements)
    for cut in range(1, len(value) - 3):
        if _looks_like_elements(value[cut:], present):
            return _ambiguous(ai, value, cut)
    return None


def _overlong(text: str, error: ScanError) -> tuple[list[Element], Problem] | None:
    """What stands before a lot or serial that is too long only because others are glued to it."""
    ai, value = error.params.get("ai", ""), error.params.get("value", "")
    if error.code != "too_long" or ai not in _GLUED_TEXTS or not text.endswith(ai + value):
        return None
    before, _open_end = _split(text[: -len(ai + value)])
    present = frozenset(code for code, _value in before) | {ai}
    for cut in range(1, gs1_ai.TABLE[ai].maximum + 1):
        if _looks_like_elements(value[cut:], present):
            return before, _ambiguous(ai, value, cut)
    return None


def _ambiguous(ai: str, value: str, cut: int) -> Problem:
    params = {"ai": ai, "value": value, "shorter": value[:cut], "rest": value[cut:]}
    return Problem("ambiguous", params)


# ---------------------------------------------------------------------------
# Public
# ---------------------------------------------------------------------------


def _interpret(
    elements: tuple[Element, ...],
    raw: str,
    today: date,
    symbology: str | None,
    problems: Iterable[Problem],
) -> Scan:
    values = dict(elements)
    _check_exclusions(list(values))

    def day(*codes: str) -> date | None:
        text = next((values[code][:6] for code in codes if code in values), None)
        return resolve_date(text, today) if text else None

    for ai, value in elements:
        # Also dates nobody asks for: 29 February depends on the century the window chooses.
        if "day0" in gs1_ai.TABLE[ai].parts[0].rules:
            resolve_date(value[:6], today)
    count = values.get("37")
    return Scan(
        scheme="gs1",
        raw=raw,
        elements=elements,
        gtin=values.get("01"),
        di=values.get("01"),
        quantity=int(values["30"]) if "30" in values else None,
        lot=values.get("10"),
        serial=values.get("21"),
        expiry=day("17", "7003"),
        production_date=day("11"),
        sscc=values.get("00"),
        content_gtin=values.get("02"),
        count=int(count) if count else None,
        symbology=symbology,
        problems=(*_unmet_needs(elements), *problems),
    )


def parse_element_string(text: str, today: date, *, raw: str | None = None, symbology: str | None = None) -> Scan:
    """Read a raw element string (FNC1 as ``\\x1d``, a leading one allowed) or the bracketed form.

    ``text`` has no symbology identifier any more; ``raw`` is kept as sent. Raises ScanError.
    """
    problems: list[Problem] = []
    if text.startswith("("):
        elements = _split_bracketed(text)
    else:
        ambiguity: Problem | None
        try:
            elements, open_end = _split(text)
            ambiguity = _ambiguity(elements) if elements and open_end else None
        except ScanError as error:
            glued = _overlong(text, error)
            if glued is None or not glued[0]:
                raise
            elements, ambiguity = glued
        if ambiguity:
            problems.append(ambiguity)
    if not elements:
        raise ScanError("empty")
    unique = _without_repeats(elements)
    return _interpret(unique, text if raw is None else raw, today, symbology, problems)


def from_elements(
    elements: Sequence[Element], today: date, *, scheme: str, raw: str, symbology: str | None = None
) -> Scan:
    """The same checks and the same answer for elements that came another way (URI, tag). Raises ScanError."""
    for index, (ai, value) in enumerate(elements):
        spec = gs1_ai.TABLE.get(ai)
        if spec is None:
            raise ScanError("unknown_ai", text=ai, position=str(index + 1))
        _check_value(spec, value)
    if not elements:
        raise ScanError("empty")
    return replace(_interpret(_without_repeats(elements), raw, today, symbology, ()), scheme=scheme)


def readings(scan: Scan, today: date) -> list[Scan]:
    """Every way to read a scan that is ``ambiguous`` for want of an FNC1, as scanned first.

    Each is a complete reading without that problem. Which one is true only the goods know.
    """
    ambiguous = next((problem for problem in scan.problems if problem.code == "ambiguous"), None)
    if ambiguous is None:
        return [scan]
    rest = tuple(problem for problem in scan.problems if problem is not ambiguous)
    ai, value = ambiguous.params["ai"], ambiguous.params["value"]
    before = [element for element in scan.elements if element != (ai, value)]
    present = frozenset(code for code, _value in before) | {ai}
    # An element longer than the standard allows is no reading.
    found = [replace(scan, problems=rest)] if len(before) < len(scan.elements) else []
    for cut in range(1, min(len(value) - 3, gs1_ai.TABLE[ai].maximum + 1)):
        if not _looks_like_elements(value[cut:], present):
            continue
        try:
            behind, _open_end = _split(value[cut:])
            elements = _without_repeats([*before, (ai, value[:cut]), *behind])
            found.append(replace(_interpret(elements, scan.raw, today, scan.symbology, ()), scheme=scan.scheme))
        except ScanError:
            continue
    return found


def bare_gtin(digits: str, *, raw: str | None = None, symbology: str | None = None) -> Scan:
    """A symbol that holds nothing but a GTIN (EAN, UPC, ITF-14). Raises ScanError."""
    gtin14 = gtin.normalise(digits)
    return Scan(
        scheme="gtin",
        raw=digits if raw is None else raw,
        elements=(("01", gtin14),),
        gtin=gtin14,
        di=gtin14,
        symbology=symbology,
    )


def combine(scans: Sequence[Scan], today: date) -> Scan:
    """One statement from several symbols of the same item (a UDI over two barcodes).

    Companions are looked for over all symbols; two different values of one AI raise ScanError
    ``repeated``. Ambiguity of any symbol stays.
    """
    if not scans:
        raise ScanError("empty")
    if len(scans) == 1:
        return scans[0]
    elements = _without_repeats(element for scan in scans for element in scan.elements)
    kept = [p for scan in scans for p in scan.problems if p.code == "ambiguous"]
    combined = _interpret(elements, "\n".join(scan.raw for scan in scans), today, None, kept)
    return replace(combined, symbology=scans[0].symbology)


def build(elements: Sequence[Element]) -> str:
    """The raw element string of ``elements``, FNC1 only where the standard needs one.

    Raises ScanError for an unknown AI or a value that would not be read back. The leading FNC1
    belongs to the symbol, not to the string.
    """
    if not elements:
        raise ScanError("empty")
    unique = _without_repeats(elements)
    pieces: list[str] = []
    for index, (ai, value) in enumerate(unique):
        spec = gs1_ai.TABLE.get(ai)
        if spec is None:
            raise ScanError("unknown_ai", text=ai, position=str(index + 1))
        _check_value(spec, value)
        last = index == len(unique) - 1
        pieces.append(f"{ai}{value}" + ("" if spec.fixed or last else FNC1))
    _check_exclusions([ai for ai, _value in unique])
    return "".join(pieces)


def to_text(elements: Sequence[Element]) -> str:
    """The bracketed form for people; ``(`` inside a value is escaped so that it reads back."""
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in elements)
