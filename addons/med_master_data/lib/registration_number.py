"""Chinese registration and filing numbers of medical devices.

Source: 医疗器械注册与备案管理办法 (SAMR Order 47), articles 115 and 116.

* Registration ``×1械注×2 YYYY C KK NNNN``: ×1 国 or a province; ×2 准 (domestic), 进 (import) or
  许 (Hong Kong, Macao, Taiwan); C class 2 or 3; KK classification code; NNNN serial. Domestic
  class III, and every import, is registered nationally; domestic class II by the province.
* Filing (class I) ``×1[city]械备 YYYY NNNN``, often written with a trailing 号.
* Numbers of earlier rules (国食药监械…, 国药管械…) are still on old stock: read as ``old`` with a
  warning, never refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import Problem, ScanError

PROVINCES = frozenset("京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔云滇藏陕秦甘陇青宁新")
FIRST_YEAR = 2014  # the present format came with the rules of 2014-10-01

_BASIS = {"准": "domestic", "进": "import", "许": "hk_mo_tw"}
_REGISTRATION = re.compile(r"(.)械注([准进许])([0-9]+)")
_FILING = re.compile(r"(.)(.{0,2})械备([0-9]+)")
_OLD = re.compile(r".食药监械|国药管械|国药器监|.药管械|.药监械")
# Full-width digits and brackets, as Chinese input methods type them.
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF08: "(", 0xFF09: ")"}


@dataclass(frozen=True)
class RegistrationNumber:
    """``kind``: ``registration``, ``filing`` or ``old``. What an old number leaves out is None."""

    text: str
    kind: str
    authority: str | None = None
    city: str | None = None
    basis: str | None = None
    year: int | None = None
    device_class: str | None = None
    category: str | None = None
    serial: str | None = None
    warnings: tuple[Problem, ...] = ()


def _year(digits: str, text: str) -> int:
    year = int(digits)
    if not FIRST_YEAR <= year < 2100:
        raise ScanError("number_year", number=text, year=digits)
    return year


def _authority(char: str, text: str) -> str:
    if char != "国" and char not in PROVINCES:
        raise ScanError("number_authority", number=text, authority=char)
    return char


def parse(number: str) -> RegistrationNumber:
    """Parts of a registration or filing number.

    Blanks, full-width digits and a trailing 号 are spelling. Raises ScanError: ``number_format``,
    ``number_length``, ``number_year``, ``number_authority``, ``number_class`` or
    ``number_authority_class`` (the authority cannot register this class).
    """
    text = "".join(number.split()).translate(_FULL_WIDTH).removesuffix("号")
    match = _REGISTRATION.fullmatch(text)
    if match:
        return _registration(text, *match.groups())
    match = _FILING.fullmatch(text)
    if match:
        return _filing(text, *match.groups())
    if _OLD.match(text):
        return RegistrationNumber(text, "old", warnings=(Problem("number_old", {"number": text}),))
    raise ScanError("number_format", number=number)


def _registration(text: str, authority: str, basis: str, digits: str) -> RegistrationNumber:
    if len(digits) != 11:
        raise ScanError("number_length", number=text, digits=str(len(digits)), expected="11")
    _authority(authority, text)
    device_class = digits[4]
    if device_class not in "23":
        raise ScanError("number_class", number=text, device_class=device_class)
    national = basis != "准" or device_class == "3"
    if national != (authority == "国"):
        raise ScanError("number_authority_class", number=text, authority=authority, device_class=device_class)
    return RegistrationNumber(
        text=text,
        kind="registration",
        authority=authority,
        basis=_BASIS[basis],
        year=_year(digits[:4], text),
        device_class=device_class,
        category=digits[5:7],
        serial=digits[7:],
    )


def _filing(text: str, authority: str, city: str, digits: str) -> RegistrationNumber:
    if len(digits) != 8:
        raise ScanError("number_length", number=text, digits=str(len(digits)), expected="8")
    _authority(authority, text)
    if authority == "国" and city:
        # The national authority files imports only; there is no city in those numbers.
        raise ScanError("number_authority", number=text, authority=authority + city)
    return RegistrationNumber(
        text=text,
        kind="filing",
        authority=authority,
        city=city or None,
        basis="import" if authority == "国" else "domestic",
        year=_year(digits[:4], text),
        device_class="1",
        serial=digits[4:],
    )
