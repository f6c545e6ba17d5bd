"""One line of a device catalogue -> a DeviceRecord, or the reasons why not.

Two line formats, both one JSON object per line:

* GUDID as published by the FDA (``di``, ``identifiers``, ``storage``, flags as "true"/"false");
* compact, our own: ``di``, ``name``, ``maker``, ``model``, ``track`` (lot/serial) and, where
  known, ``agency``, ``brand``, ``class`` (I/II/III), ``code``, ``temp`` ([low, high] in Celsius),
  ``sterile``, ``single_use``, ``implant``, ``no_expiry`` (true/false) and ``packs``
  (list of [di, contains, quantity]).

Pure: knows nothing of what is in the database. An identifier that cannot be right refuses the
line when it is the primary one, and is left out with a warning when it is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from . import gtin, temperature
from .errors import Problem, ScanError
from .temperature import StorageLimits

AGENCIES = ("GS1", "HIBCC", "ICCBBA", "MA", "AHM")
# Level of a package by its distance from the sales unit.
LEVELS = ("unit", "inner", "case", "pallet")
USE_LEVEL = "use"

Line = Mapping[str, object]


@dataclass(frozen=True)
class Identifier:
    """``quantity``: how many sales units one scan of this identifier means."""

    di: str
    agency: str
    level: str
    quantity: int


@dataclass(frozen=True)
class DeviceRecord:
    """What a catalogue says about one device. ``identifiers[0]`` is the primary one."""

    name: str
    company: str
    model: str
    brand: str
    description: str
    identifiers: tuple[Identifier, ...]
    storage: StorageLimits
    tracking: str
    has_expiry: bool
    is_sterile: bool
    is_single_use: bool
    is_implant: bool | None  # None: the catalogue does not say
    device_class: str | None = None
    classification_code: str | None = None
    registration: str = ""
    """Number of the registration or filing certificate; "" where the source does not say."""
    warnings: tuple[Problem, ...] = ()

    @property
    def di(self) -> str:
        return self.identifiers[0].di

    @property
    def agency(self) -> str:
        return self.identifiers[0].agency


@dataclass(frozen=True)
class Refused:
    """A line that gives no device: its DI as far as readable, and every reason."""

    di: str
    problems: tuple[Problem, ...]


def check_identifier(di: str, agency: str) -> str:
    """The stored form of a device identifier. GS1: 14 digits, check digit verified.

    Other agencies' identifiers are kept as they are: their check rules are not mod 10.
    Raises ScanError.
    """
    text = di.strip()
    if not text:
        raise ScanError("di_missing")
    if agency not in AGENCIES:
        raise ScanError("di_agency", di=text, agency=agency)
    if agency != "GS1":
        return text
    return gtin.normalise(text)


def map_text(line: str) -> DeviceRecord | Refused:
    """Read one JSON line. Never raises."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return Refused("", (Problem("line_json"),))
    if not isinstance(data, dict):
        return Refused("", (Problem("line_json"),))
    return map_line(data)


def map_line(data: Line) -> DeviceRecord | Refused:
    """Read one parsed line. Never raises: a Refused holds the reasons."""
    try:
        return _map_gudid(data) if "identifiers" in data else _map_compact(data)
    except ScanError as error:
        return Refused(_text(data, "di"), (error.problem,))


def _text(data: Line, key: str) -> str:
    value = data.get(key)
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""


def _true(data: Line, key: str) -> bool:
    return data.get(key) in (True, 1, "true", "True", "1")


def _quantity(value: object, di: str) -> int:
    text = str(value)
    if not gtin.is_digits(text) or not 0 < int(text) < 1_000_000:
        raise ScanError("pack_quantity", di=di, quantity=text)
    return int(text)


def _rows(value: object) -> list[Line]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _packages(primary: str, rows: Iterable[tuple[str, str, object]]) -> tuple[list[Identifier], list[Problem]]:
    return packages(primary, "GS1", rows)


def packages(
    primary: str, agency: str, rows: Iterable[tuple[str, str, object]]
) -> tuple[list[Identifier], list[Problem]]:
    """Packages outward from the primary DI: level by distance, quantity in sales units.

    ``rows``: (package di, di it contains, how many). A package that cannot be right, or whose
    chain does not lead to the primary, is a warning.
    """
    found: list[Identifier] = []
    problems: list[Problem] = []
    known = {primary: (0, 1)}
    waiting: list[tuple[str, str, int]] = []
    for di, contains, count in rows:
        try:
            waiting.append(
                (
                    check_identifier(di, agency),
                    check_identifier(contains, agency),
                    _quantity(count, di),
                )
            )
        except ScanError as error:
            problems.append(error.problem)
    while waiting:
        ready = [row for row in waiting if row[1] in known]
        if not ready:
            problems += [Problem("pack_chain", {"di": di, "contains": inner}) for di, inner, _n in waiting]
            break
        for di, inner, count in ready:
            waiting.remove((di, inner, count))
            depth, quantity = known[inner]
            total = quantity * count
            if di in known:
                if known[di][1] != total:
                    problems.append(Problem("pack_twice", {"di": di}))
                continue
            known[di] = (depth + 1, total)
            level = LEVELS[min(depth + 1, len(LEVELS) - 1)]
            found.append(Identifier(di, agency, level, total))
    return found, problems


def _name(brand: str, rest: str) -> str:
    """Brand and description without saying anything twice; "NA" is how catalogues say nothing."""
    if brand.upper().rstrip(".") in ("NA", "N/A", "NONE"):
        brand = ""
    if brand and rest.lower().startswith(brand.lower()):
        return rest
    return " ".join(part for part in (brand, rest) if part)


def _map_gudid(data: Line) -> DeviceRecord | Refused:
    rows = _rows(data.get("identifiers"))
    declared = _text(data, "di")
    primary = next((row for row in rows if row.get("type") == "Primary"), None)
    if primary is None:
        raise ScanError("di_missing")
    agency = _text(primary, "agency")
    di = check_identifier(_text(primary, "id"), agency)
    if declared and declared not in (di, _text(primary, "id")):
        raise ScanError("di_mismatch", di=declared, other=di)

    identifiers = [Identifier(di, agency, "unit", 1)]
    packs, problems = _packages(
        di,
        ((_text(row, "id"), _text(row, "contains"), row.get("qty")) for row in rows if row.get("type") == "Package"),
    )
    identifiers += packs
    for row in rows:
        kind = row.get("type")
        if kind not in ("Secondary", "Unit of Use", "Direct Marking"):
            continue
        try:
            other_agency = _text(row, "agency")
            other = check_identifier(_text(row, "id"), other_agency)
        except ScanError as error:
            problems.append(error.problem)
            continue
        # A unit of use is a part of what is sold: its code names the product, it counts nothing.
        level = USE_LEVEL if kind == "Unit of Use" else "unit"
        if all((other, other_agency) != (known.di, known.agency) for known in identifiers):
            identifiers.append(Identifier(other, other_agency, level, 1))

    storage = temperature.parse_storage(_rows(data.get("storage")))
    brand, model, description = (_text(data, key) for key in ("brand", "model", "description"))
    name = _name(brand, description or model)
    if not name:
        raise ScanError("name_missing", di=di)
    return DeviceRecord(
        name=name,
        company=_text(data, "company"),
        model=_text(data, "catalog") or model,
        brand=brand,
        description=description,
        identifiers=tuple(identifiers),
        storage=storage,
        tracking="serial" if _true(data, "serial") else "lot",
        has_expiry=_true(data, "exp_date"),
        is_sterile=_true(data, "sterile"),
        is_single_use=_true(data, "single_use"),
        is_implant=None,  # not published; never guessed from the name
        warnings=(*problems, *storage.problems),
    )


def _limit(value: object) -> Decimal | None:
    if value is None:
        return None
    return temperature.to_celsius(str(value), "C", "ROUND_HALF_EVEN")


def _map_compact(data: Line) -> DeviceRecord | Refused:
    agency = _text(data, "agency") or "GS1"
    di = check_identifier(_text(data, "di"), agency)
    name = _text(data, "name")
    if not name:
        raise ScanError("name_missing", di=di)
    device_class = _text(data, "class") or None
    if device_class not in (None, "I", "II", "III"):
        raise ScanError("device_class", di=di, device_class=str(device_class))
    tracking = _text(data, "track") or "lot"
    if tracking not in ("lot", "serial"):
        raise ScanError("tracking", di=di, tracking=tracking)

    packs_given = data.get("packs")
    packs, problems = _packages(
        di,
        (
            (str(row[0]), str(row[1]), row[2])
            for row in (packs_given if isinstance(packs_given, list) else [])
            if isinstance(row, list) and len(row) == 3
        ),
    )
    given = data.get("temp")
    limits: tuple[Decimal | None, Decimal | None] = (None, None)
    if isinstance(given, list) and len(given) == 2:
        limits = (_limit(given[0]), _limit(given[1]))
    doubts = temperature.check_limits(*limits)
    return DeviceRecord(
        name=name,
        company=_text(data, "maker"),
        model=_text(data, "model"),
        brand=_text(data, "brand"),
        description="",
        identifiers=(Identifier(di, agency, "unit", 1), *packs),
        storage=StorageLimits(limits[0], limits[1], (), doubts),
        tracking=tracking,
        has_expiry=not _true(data, "no_expiry"),
        is_sterile=_true(data, "sterile"),
        is_single_use=_true(data, "single_use"),
        is_implant=_true(data, "implant") if "implant" in data else None,
        device_class=device_class,
        classification_code=_text(data, "code") or None,
        warnings=(*problems, *doubts),
    )
