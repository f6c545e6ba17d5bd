"""China's UDI database: the XML files that NMPA publishes for download -> DeviceRecord.

One ``<device>`` per device, its elements named by the initials of their Chinese names, e.g.
``zxxsdycpbs`` (最小销售单元产品标识). Read piece by piece; a file of gigabytes needs no memory.
The file says nothing of tracking as such, but which production identifiers the label holds, and
nothing of limits in other units than degrees Celsius.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO
from xml.etree import ElementTree

from . import catalogue, registration_number, temperature
from .catalogue import DeviceRecord, Identifier, Refused
from .errors import Problem, ScanError
from .temperature import StorageLimits

AGENCIES = {"": "GS1", "GS1": "GS1", "MA码（IDCODE）": "MA", "MA": "MA", "ZIIOT": "MA", "AHM": "AHM", "阿里健康": "AHM"}
CLASSES = {"1": "I", "2": "II", "3": "III"}
LEVEL_WORDS = {"箱": "case", "大包装": "case", "托": "pallet", "托盘": "pallet", "盒": "inner", "中包装": "inner"}
PIECE = 1 << 16


def looks_like_udid(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def devices(handle: BinaryIO) -> Iterator[DeviceRecord | Refused]:
    """Every device of the file. Raises ScanError ``udid_xml`` where it is no such file."""
    head = handle.read(4096)
    # A type declaration is how XML attacks begin, and the published files have none.
    if b"<!" in head.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise ScanError("udid_xml")
    handle.seek(0)
    parser = ElementTree.XMLPullParser(events=("start", "end"))
    root: ElementTree.Element | None = None
    try:
        while piece := handle.read(PIECE):
            parser.feed(piece)
            for event, element in parser.read_events():
                assert isinstance(element, ElementTree.Element)
                if event == "start":
                    root = element if root is None else root
                elif element.tag == "device":
                    yield read(element)
                    element.clear()
        parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):
        raise ScanError("udid_xml") from None
    if root is None:
        raise ScanError("udid_xml")


def read(device: ElementTree.Element) -> DeviceRecord | Refused:
    """One ``<device>``. Never raises: a Refused holds the reasons."""
    try:
        return _read(device)
    except ScanError as error:
        return Refused(_text(device, "zxxsdycpbs"), (error.problem,))


def _text(element: ElementTree.Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


def _read(device: ElementTree.Element) -> DeviceRecord:
    agency_text = _text(device, "cpbsbmtxmc")
    agency = AGENCIES.get(agency_text.upper(), agency_text)
    di = catalogue.check_identifier(_text(device, "zxxsdycpbs"), agency)
    name = _text(device, "cpmctymc")
    if not name:
        raise ScanError("name_missing", di=di)
    identifiers = [Identifier(di, agency, "unit", 1)]
    packs, problems = catalogue.packages(
        di,
        agency,
        [
            (_text(pack, "bzcpbs"), _text(pack, "bznhxyjbzcpbs"), _text(pack, "bznhxyjcpbssl"))
            for pack in device.iterfind("packingList/packing")
        ],
    )
    words = {_text(pack, "bzcpbs"): _text(pack, "cpbzjb") for pack in device.iterfind("packingList/packing")}
    identifiers += [
        Identifier(pack.di, pack.agency, LEVEL_WORDS.get(words.get(pack.di, ""), pack.level), pack.quantity)
        for pack in packs
    ]
    use = _text(device, "sydycpbs")
    if use and use != di:
        try:
            identifiers.append(Identifier(catalogue.check_identifier(use, agency), agency, "use", 1))
        except ScanError as error:
            problems.append(error.problem)
    number, device_class = _text(device, "zczbhhzbapzbh"), None
    if number:
        try:
            device_class = CLASSES.get(registration_number.parse(number).device_class or "")
        except ScanError as error:
            problems.append(error.problem)
            number = ""
    storage = _storage(device)
    return DeviceRecord(
        name=name,
        company=_text(device, "ylqxzcrbarmc"),
        model=_text(device, "cphhhbh") or _text(device, "ggxh"),
        brand=_text(device, "spmc"),
        description=_text(device, "cpms"),
        identifiers=tuple(identifiers),
        storage=storage,
        tracking="serial" if _yes(device, "scbssfbhxlh") and not _yes(device, "scbssfbhph") else "lot",
        has_expiry=True,  # only "not in the code on the label" is published
        is_sterile=_yes(device, "sfwwjbz"),
        is_single_use=_yes(device, "sfbjwycxsy"),
        is_implant=None,  # not published
        device_class=device_class,
        classification_code=_text(device, "flbm") or None,
        registration=number,
        warnings=(*problems, *storage.problems),
    )


def _yes(device: ElementTree.Element, tag: str) -> bool:
    return _text(device, tag) in ("是", "1", "true")


def _storage(device: ElementTree.Element) -> StorageLimits:
    """The narrowest of the temperatures given; another unit or kind of condition is a text."""
    low: Decimal | None = None
    high: Decimal | None = None
    texts: list[str] = []
    for entry in device.iterfind("storageList/storage"):
        if _text(entry, "jldw") not in ("℃", "°C", "摄氏度"):
            texts.append(" ".join(part.text or "" for part in entry).strip())
            continue
        lower, upper = _text(entry, "zdz"), _text(entry, "zgz")
        if lower:
            value = temperature.to_celsius(lower, "C", "ROUND_HALF_EVEN")
            low = value if low is None else max(low, value)
        if upper:
            value = temperature.to_celsius(upper, "C", "ROUND_HALF_EVEN")
            high = value if high is None else min(high, value)
    return StorageLimits(low, high, tuple(text for text in texts if text), temperature.check_limits(low, high))
