"""UDI carriers as real GS1 symbols: GS1 Data Matrix and GS1-128, with FNC1 first.

Encoded by zint (BSD), through ``zint-bindings`` (Apache-2.0). What is printed is what ``gs1.build``
accepts, so every label reads back in the same reader. Sizes are in modules; the caller gives a
module its width in millimetres (GS1 General Specifications: Data Matrix 0.254-0.990 mm for
regulated healthcare items, GS1-128 0.170-0.660 mm, height half of 25.4 mm or more).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

import zint

from . import gs1, gs1_ai
from .errors import ScanError
from .gs1 import Element

DATA_MATRIX, GS1_128 = "data_matrix", "gs1_128"
_SYMBOLOGIES = {DATA_MATRIX: zint.Symbology.DATAMATRIX, GS1_128: zint.Symbology.GS1_128}
_QUIET = {DATA_MATRIX: 2, GS1_128: 10}  # modules of white around; one is required for Data Matrix
_LINEAR_HEIGHT = 40  # modules
_LONGEST_128 = 48  # characters of one GS1-128, element strings and FNC1 counted
_NARROWEST_MM = 0.17
_LONGEST_DATA_MATRIX = 200  # far above what a label can show in a size that is read

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class Symbol:
    """Black rectangles (x, y, width, height) in modules, quiet zone included in width and height."""

    kind: str
    elements: tuple[Element, ...]
    width: float
    height: float
    rectangles: tuple[Rectangle, ...]

    @property
    def hri(self) -> tuple[str, ...]:
        """Human readable interpretation: one line per element, as GS1 wants it beside the symbol."""
        return tuple(f"({ai}){value}" for ai, value in self.elements)

    def svg(self, module_mm: float) -> str:
        path = "".join(f"M{_n(x)} {_n(y)}h{_n(w)}v{_n(h)}h-{_n(w)}z" for x, y, w, h in self.rectangles)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(self.width * module_mm)}mm" '
            f'height="{_n(self.height * module_mm)}mm" viewBox="0 0 {_n(self.width)} {_n(self.height)}" '
            f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{_n(self.width)}v{_n(self.height)}H0z"/>'
            f'<path d="{path}"/></svg>'
        )

    def data_uri(self, module_mm: float) -> str:
        """For an ``img`` of a report."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg(module_mm).encode()).decode()

    def rows(self, scale: int) -> list[bytes]:
        """Grey pixels, ``scale`` per module, row by row: 0 is black."""
        width, height = round(self.width * scale), round(self.height * scale)
        rows = [bytearray(b"\xff" * width) for _ in range(height)]
        for x, y, w, h in self.rectangles:
            left, right = round(x * scale), round((x + w) * scale)
            for row in rows[round(y * scale) : round((y + h) * scale)]:
                row[left:right] = b"\x00" * (right - left)
        return [bytes(row) for row in rows]


def _n(number: float) -> str:
    return f"{number:.3f}".rstrip("0").rstrip(".")


def encode(elements: Sequence[Element], kind: str = DATA_MATRIX) -> Symbol:
    """One symbol of these elements. Raises ScanError for what would not be read back or not fit."""
    text = gs1.build(elements)
    longest = _LONGEST_128 if kind == GS1_128 else _LONGEST_DATA_MATRIX
    if len(text) > longest:
        raise ScanError("symbol_too_long", value=gs1.to_text(elements), maximum=str(longest))
    symbol = zint.Symbol()
    symbol.symbology = _SYMBOLOGIES[kind]
    symbol.input_mode = zint.InputMode.GS1
    symbol.show_hrt = False
    if kind == GS1_128:
        symbol.height = _LINEAR_HEIGHT
    else:
        symbol.option_3 = 100  # square sizes only: what every scanner reads
    symbol.encode("".join(f"[{ai}]{value}" for ai, value in elements))
    symbol.buffer_vector()
    vector = symbol.vector
    unit = vector.width / symbol.width
    quiet = _QUIET[kind]
    above = quiet if kind == DATA_MATRIX else 0
    rectangles = tuple(
        (r.x / unit + quiet, r.y / unit + above, r.width / unit, r.height / unit) for r in vector.rectangles
    )
    height = max(y + h for _x, y, _w, h in rectangles) + above
    return Symbol(kind, tuple(elements), symbol.width + 2 * quiet, height, rectangles)


def encode_128(elements: Sequence[Element], widest: float | None = None) -> list[Symbol]:
    """As few GS1-128 symbols as hold all elements: a long UDI goes over two bars, the key first.

    :param widest: modules there is room for, quiet zones included; a symbol of one element may be
        wider, see :func:`module_width`
    """
    symbols: list[Symbol] = []
    for element in elements:
        if symbols:
            tried = (*symbols[-1].elements, element)
            if len(gs1.build(tried)) <= _LONGEST_128:
                joined = encode(tried, GS1_128)
                if widest is None or joined.width <= widest:
                    symbols[-1] = joined
                    continue
        symbols.append(encode([element], GS1_128))
    return symbols


def module_width(symbol: Symbol, wanted_mm: float, room_mm: float) -> float:
    """The module in millimetres with which ``symbol`` fits ``room_mm``: the wanted one, or less.

    A scanner in the field reads down to 0.170 mm (GS1 General Specifications, regulated healthcare).

    :raises ScanError: not even so
    """
    width = min(wanted_mm, room_mm / symbol.width)
    if width < _NARROWEST_MM:
        raise ScanError("symbol_too_long", value=gs1.to_text(symbol.elements), maximum=str(_LONGEST_128))
    return width


_ZPL_CONTROL = re.compile(r"[\^~\\_]|[\x00-\x1f]")


def zpl_text(text: str) -> str:
    """Field data for ``^FH\\``: whatever could be a command is written in hex. UTF-8 with ^CI28."""
    return _ZPL_CONTROL.sub(lambda match: f"\\{ord(match[0]):02X}", text)


def zpl(elements: Sequence[Element], lines: Sequence[str] = (), dots_per_mm: int = 8) -> str:
    """A label of 70 x 40 mm for a ZPL II printer: GS1 Data Matrix, its elements, and further lines.

    The bar ``|`` announces FNC1 in the symbol: no GS1 value may hold it.
    """
    size = max(2, round(0.5 * dots_per_mm))  # dots per module: 0.5 mm
    data = "|1" + gs1.build(elements).replace(gs1.FNC1, "|1")
    symbol = encode(elements)
    x = round(symbol.width * size) + 3 * dots_per_mm
    parts = ["^XA", "^CI28", f"^PW{70 * dots_per_mm}", f"^LL{40 * dots_per_mm}"]
    parts.append(f"^FO{2 * dots_per_mm},{2 * dots_per_mm}^BXN,{size},200,,,,|^FH\\^FD{zpl_text(data)}^FS")
    y = 2 * dots_per_mm
    for line in (*symbol.hri, *lines):
        parts.append(f"^FO{x},{y}^A0N,{3 * dots_per_mm},{round(2.5 * dots_per_mm)}^FH\\^FD{zpl_text(line)}^FS")
        y += 4 * dots_per_mm
    return "\n".join([*parts, "^XZ"]) + "\n"


def title(ai: str) -> str:
    """The data title GS1 prints in place of an AI's number, such as EXPIRY."""
    spec = gs1_ai.TABLE.get(ai)
    return spec.title if spec else ai
