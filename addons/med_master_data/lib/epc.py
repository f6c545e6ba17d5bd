"""EPC on RFID tags: SGTIN, SSCC, SGLN, GRAI, GIAI from and to hex, tag URI and pure identity URI.

Source: GS1 EPC Tag Data Standard (headers, partition tables, filter), facts only. The public
Python packages drop leading zeros of serials and overflow silently: so this module refuses
whatever a tag cannot hold, and decodes only what it would write itself.

A tag holds the length of the company prefix, which the GTIN does not tell: who writes tags has to
know it from master data. It does not hold check digits: they are computed, and a key whose check
digit is wrong is never written, since the error would vanish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from . import gs1, gs1_rules, gtin
from .errors import ScanError
from .gs1 import Element, Scan

_PREFIX_BITS = (40, 37, 34, 30, 27, 24, 20)  # by partition: company prefixes of 12 to 6 digits
_WORD = 16  # tag memory comes in words; what is left of the last one is zero
_EXTENSION_NONE = "0"  # SGLN: the location itself, no extension


@dataclass(frozen=True)
class _Kind:
    """How a key is cut: digits of prefix and reference together, bits of the reference by partition."""

    digits: int | None
    reference_bits: tuple[int, ...]


_KINDS = {
    "sgtin": _Kind(13, (4, 7, 10, 14, 17, 20, 24)),
    "sscc": _Kind(17, (18, 21, 24, 28, 31, 34, 38)),
    "sgln": _Kind(12, (1, 4, 7, 11, 14, 17, 21)),
    "grai": _Kind(12, (4, 7, 10, 14, 17, 20, 24)),
    "giai": _Kind(None, ()),
}


@dataclass(frozen=True)
class _Coding:
    header: int
    kind: str
    total: int
    # Bits of the serial, and whether it is text (7 bits a character) or a number.
    serial_bits: int
    text: bool


CODINGS = {
    "sgtin-96": _Coding(0x30, "sgtin", 96, 38, False),
    "sgtin-198": _Coding(0x36, "sgtin", 198, 140, True),
    "sscc-96": _Coding(0x31, "sscc", 96, 0, False),
    "sgln-96": _Coding(0x32, "sgln", 96, 41, False),
    "sgln-195": _Coding(0x39, "sgln", 195, 140, True),
    "grai-96": _Coding(0x33, "grai", 96, 38, False),
    "grai-170": _Coding(0x37, "grai", 170, 112, True),
    "giai-96": _Coding(0x34, "giai", 96, 0, False),
    "giai-202": _Coding(0x38, "giai", 202, 0, True),
}
_BY_HEADER = {coding.header: name for name, coding in CODINGS.items()}
_LONGEST_SERIAL = {"sgtin": 20, "sgln": 20, "grai": 16}
_ESCAPED = frozenset('"%&/<>?#')
_HEX = re.compile(r"[0-9A-Fa-f]+")
_NUMBER = re.compile(r"0|[1-9][0-9]*")


@dataclass(frozen=True)
class Tag:
    """One EPC. ``reference`` has the digits between prefix and serial as they stand in the URI.

    ``filter`` (0-7) and ``coding`` are known when it came from a tag.
    """

    kind: str
    prefix: str
    reference: str
    serial: str = ""
    filter: int | None = None
    coding: str | None = None

    def __post_init__(self) -> None:
        _validate(self)

    @property
    def uri(self) -> str:
        """The pure identity URI."""
        return f"urn:epc:id:{self.kind}:{self._body}"

    @property
    def tag_uri(self) -> str:
        if self.coding is None:
            raise ScanError("epc_coding", value=self.uri)
        return f"urn:epc:tag:{self.coding}:{self.filter or 0}.{self._body}"

    @property
    def _body(self) -> str:
        if self.kind == "giai":
            return f"{self.prefix}.{_escape(self.reference)}"
        body = f"{self.prefix}.{self.reference}"
        return body if self.kind == "sscc" else f"{body}.{_escape(self.serial)}"

    @property
    def elements(self) -> tuple[Element, ...]:
        """The GS1 elements that say the same; check digits computed."""
        if self.kind == "giai":
            return (("8004", self.prefix + self.reference),)
        if self.kind in ("sgtin", "sscc"):
            body = self.reference[0] + self.prefix + self.reference[1:]
        else:
            body = self.prefix + self.reference
        key = body + str(gtin.check_digit(body))
        if self.kind == "sgtin":
            return (("01", key), ("21", self.serial))
        if self.kind == "sscc":
            return (("00", key),)
        if self.kind == "grai":
            return (("8003", f"0{key}{self.serial}"),)
        extension = () if self.serial == _EXTENSION_NONE else (("254", self.serial),)
        return (("414", key), *extension)


def _validate(tag: Tag) -> None:
    """Refuse what is no EPC of its kind."""
    kind = _KINDS[tag.kind]
    if not gtin.is_digits(tag.prefix) or not 6 <= len(tag.prefix) <= 12:
        raise ScanError("epc_prefix", value=tag.prefix)
    if kind.digits is None:
        if not tag.reference or len(tag.prefix) + len(tag.reference) > 30:
            raise ScanError("epc_length", value=tag.prefix + tag.reference)
        _check_text(tag.reference)
        return
    if len(tag.prefix) + len(tag.reference) != kind.digits or (tag.reference and not gtin.is_digits(tag.reference)):
        raise ScanError("epc_length", value=f"{tag.prefix}.{tag.reference}")
    if tag.kind == "sscc":
        return
    if not 1 <= len(tag.serial) <= _LONGEST_SERIAL[tag.kind]:
        raise ScanError("epc_serial", value=tag.serial)
    _check_text(tag.serial)


def _check_text(text: str) -> None:
    for character in text:
        if character not in gs1_rules.CHARACTERS["x"]:
            raise ScanError("epc_character", value=text, character=character)


def _escape(text: str) -> str:
    return "".join(f"%{ord(c):02X}" if c in _ESCAPED else c for c in text)


def _unescape(text: str) -> str:
    """Escapes must be there exactly where the standard wants them."""
    value = unquote(text, encoding="ascii", errors="strict") if text.isascii() else text
    if not value.isascii() or _escape(value).upper() != text.upper():
        raise ScanError("epc_uri", value=text[:80])
    return value


# ---------------------------------------------------------------------------
# URI
# ---------------------------------------------------------------------------


def from_uri(text: str) -> Tag:
    """Read ``urn:epc:id:…`` or ``urn:epc:tag:…``. Raises ScanError."""
    try:
        return _from_uri(text)
    except UnicodeDecodeError:
        raise ScanError("epc_uri", value=text[:80]) from None


def _from_uri(text: str) -> Tag:
    match = re.fullmatch(r"urn:epc:(id|tag):([a-z]+(?:-[0-9]+)?):(.*)", text)
    if not match:
        raise ScanError("epc_uri", value=text[:80])
    form, name, body = match.groups()
    filter_value: int | None = None
    coding: str | None = None
    kind = name
    if form == "tag":
        if name not in CODINGS:
            raise ScanError("epc_uri", value=text[:80])
        coding, kind = name, CODINGS[name].kind
        digits, _dot, body = body.partition(".")
        if digits not in tuple("01234567"):
            raise ScanError("epc_uri", value=text[:80])
        filter_value = int(digits)
    if kind not in _KINDS:
        raise ScanError("epc_uri", value=text[:80])
    parts = body.split(".", 1 if kind in ("giai", "sscc") else 2)
    if len(parts) != (2 if kind in ("giai", "sscc") else 3):
        raise ScanError("epc_uri", value=text[:80])
    prefix, reference = parts[0], parts[1]
    if kind == "giai":
        reference = _unescape(reference)
    tag = Tag(kind, prefix, reference, _unescape(parts[2]) if len(parts) == 3 else "", filter_value, coding)
    if coding:
        to_hex(tag, coding, filter_value or 0)  # a tag URI that no tag can hold is no tag URI
    return tag


# ---------------------------------------------------------------------------
# Tag memory
# ---------------------------------------------------------------------------


def is_hex(text: str) -> bool:
    """True when ``text`` has the header and the length of a tag's memory this module reads."""
    if len(text) < 24 or not _HEX.fullmatch(text):
        return False
    name = _BY_HEADER.get(int(text[:2], 16))
    return name is not None and len(text) * 4 == _memory(CODINGS[name])


def _memory(coding: _Coding) -> int:
    return -(-coding.total // _WORD) * _WORD


def _reference_bits(coding: _Coding, partition: int) -> int:
    kind = _KINDS[coding.kind]
    if kind.digits is not None:
        return kind.reference_bits[partition]
    return (82 if not coding.text else 188) - _PREFIX_BITS[partition]


def from_hex(text: str) -> Tag:
    """Read a tag's memory. Raises ScanError; never repairs."""
    if not is_hex(text):
        raise ScanError("epc_hex", value=text[:80])
    name = _BY_HEADER[int(text[:2], 16)]
    coding = CODINGS[name]
    bits = f"{int(text, 16):0{len(text) * 4}b}"
    partition = int(bits[11:14], 2)
    if partition > 6:
        raise ScanError("epc_hex", value=text[:80])
    position = 14 + _PREFIX_BITS[partition]
    prefix_digits = 12 - partition
    prefix = f"{int(bits[14:position], 2):0{prefix_digits}d}"
    size = _reference_bits(coding, partition)
    raw_reference, rest = bits[position : position + size], bits[position + size :]
    kind = _KINDS[coding.kind]
    if kind.digits is None:
        reference = _text_of(raw_reference, text) if coding.text else str(int(raw_reference, 2))
        serial = ""
    else:
        digits = kind.digits - prefix_digits
        reference = f"{int(raw_reference, 2):0{digits}d}" if digits else ""
        if not digits and "1" in raw_reference:
            raise ScanError("epc_hex", value=text[:80])
        raw_serial, rest = rest[: coding.serial_bits], rest[coding.serial_bits :]
        serial = ""
        if coding.serial_bits:
            serial = _text_of(raw_serial, text) if coding.text else str(int(raw_serial, 2))
    if "1" in rest or len(prefix) != prefix_digits:
        raise ScanError("epc_hex", value=text[:80])
    return Tag(coding.kind, prefix, reference, serial, int(bits[8:11], 2), name)


def _text_of(bits: str, text: str) -> str:
    """Seven bits a character, ended by zeros."""
    codes = [int(bits[i : i + 7], 2) for i in range(0, len(bits) - len(bits) % 7, 7)]
    end = codes.index(0) if 0 in codes else len(codes)
    if any(codes[end:]) or "1" in bits[len(codes) * 7 :] or not end:
        raise ScanError("epc_hex", value=text[:80])
    return "".join(map(chr, codes[:end]))


def to_hex(tag: Tag, coding: str | None = None, filter_value: int = 0) -> str:
    """The memory of a tag that holds ``tag``. Refuses what does not fit.

    Without ``coding`` the smallest that holds it. Raises ScanError ``epc_does_not_fit``.
    """
    if coding is None:
        names = [name for name, one in CODINGS.items() if one.kind == tag.kind]
        for name in names[:-1]:
            try:
                return to_hex(tag, name, filter_value)
            except ScanError:
                continue
        return to_hex(tag, names[-1], filter_value)
    plan = CODINGS.get(coding)
    if plan is None or plan.kind != tag.kind or not 0 <= filter_value <= 7:
        raise ScanError("epc_coding", value=tag.uri)
    partition = 12 - len(tag.prefix)
    bits = f"{plan.header:08b}{filter_value:03b}{partition:03b}{int(tag.prefix):0{_PREFIX_BITS[partition]}b}"
    size = _reference_bits(plan, partition)
    if tag.kind == "giai":
        bits += _field(tag.reference, size, plan.text, tag)
    else:
        bits += f"{int(tag.reference or 0):0{size}b}"
        if plan.serial_bits:
            bits += _field(tag.serial, plan.serial_bits, plan.text, tag)
    memory = _memory(plan)
    return f"{int(bits.ljust(memory, '0'), 2):0{memory // 4}X}"


def _field(text: str, size: int, as_text: bool, tag: Tag) -> str:
    if as_text:
        bits = "".join(f"{ord(character):07b}" for character in text)
    elif _NUMBER.fullmatch(text):
        bits = f"{int(text):b}".rjust(size, "0")
    else:
        # Leading zeros and letters: a number would read back as something else.
        bits = "1" * (size + 1)
    if len(bits) > size:
        raise ScanError("epc_does_not_fit", value=text, uri=tag.uri)
    return bits.ljust(size, "0")


# ---------------------------------------------------------------------------
# GS1 elements
# ---------------------------------------------------------------------------


def from_elements(elements: Sequence[Element], prefix_length: int) -> Tag:
    """The EPC of a GS1 key, whose company prefix has ``prefix_length`` digits. Raises ScanError."""
    values = dict(elements)
    if not 6 <= prefix_length <= 12:
        raise ScanError("epc_prefix", value=str(prefix_length))
    for ai in ("01", "00", "414"):
        if ai in values and not gtin.has_valid_check_digit(values[ai]):
            expected = str(gtin.check_digit(values[ai][:-1])) if gtin.is_digits(values[ai][:-1]) else "?"
            raise ScanError("check_digit", ai=ai, value=values[ai], expected=expected)
    cut = prefix_length
    if "01" in values and "21" in values and len(values["01"]) == 14:
        key = values["01"]
        return Tag("sgtin", key[1 : 1 + cut], key[0] + key[1 + cut : 13], values["21"])
    if "00" in values and len(values["00"]) == 18:
        key = values["00"]
        return Tag("sscc", key[1 : 1 + cut], key[0] + key[1 + cut : 17])
    if "414" in values and len(values["414"]) == 13:
        key = values["414"]
        return Tag("sgln", key[:cut], key[cut:12], values.get("254", _EXTENSION_NONE))
    if "8003" in values and gtin.has_valid_check_digit(values["8003"][1:14]) and len(values["8003"]) > 14:
        key = values["8003"]
        return Tag("grai", key[1 : 1 + cut], key[1 + cut : 13], key[14:])
    if "8004" in values:
        return Tag("giai", values["8004"][:cut], values["8004"][cut:])
    raise ScanError("epc_no_key", value=gs1.to_text(elements)[:80])


def parse(text: str, today: date, *, raw: str | None = None, symbology: str | None = None) -> Scan:
    """Read a tag's hex or an EPC URI as the GS1 elements it stands for. Raises ScanError."""
    tag = from_uri(text) if text.startswith("urn:") else from_hex(text)
    return gs1.from_elements(tag.elements, today, scheme="epc", raw=text if raw is None else raw, symbology=symbology)
