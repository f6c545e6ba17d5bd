"""Coverage-guided fuzzing of every parser: a reading or a clear error, never anything else.

    .local/venv/bin/pip install -r tests/fuzz/requirements.txt
    .local/venv/bin/python tests/fuzz gs1 --seconds 60     # one parser
    .local/venv/bin/python tests/fuzz --seconds 20         # each in turn

What it finds is written as crash-… into the current folder; add it to the tests of the parser.
`tests/unit` holds the same promise with hypothesis on every run; this looks longer and deeper.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import atheris  # type: ignore[import-not-found,unused-ignore]

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 23)

package = ModuleType("med_master_data")
package.__path__ = [str(ROOT / "addons" / "med_master_data")]
sys.modules["med_master_data"] = package
with atheris.instrument_imports(include=["med_master_data"]):
    from med_master_data.lib import (
        catalogue,
        digital_link,
        epc,
        gs1,
        hibc,
        isbt128,
        ma,
        registration_number,
        scan,
        scope,
        tabular,
        temperature,
        udid,
    )
    from med_master_data.lib.errors import ScanError

CODES = {
    "scan": (scan.parse, [b"010690123456789217280331" + b"10LOT1\x1d21SER9"]),
    "gs1": (
        gs1.parse_element_string,
        [b"(01)06901234567892(17)280331(10)AB", b"0106901234567892112603011729022810LOT"],
    ),
    "hibc": (hibc.parse, [b"+A99912345/$$909999710X3/$$+320011577DEFG45/16D20111212K", b"+$$52001510X3GD"]),
    "isbt128": (isbt128.parse, [b"=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123"]),
    "ma": (ma.parse, [b"MA.156.M0.100777.1A00B015.SZX9.M260301.LB77.E290228.C5"]),
    "epc": (epc.parse, [b"3074257BF7194E4000001A85", b"urn:epc:tag:sgtin-198:1.50712192365.88..%25:.13%26"]),
    "digital_link": (digital_link.parse, [b"https://id.gs1.org/01/09520123456788/10/ABC%2F123?17=201225&3103=000195"]),
}


def _code(name: str) -> Callable[[bytes], None]:
    parser = CODES[name][0]

    def one(data: bytes) -> None:
        read = parser(data.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode(), TODAY)
        if not read.elements or not read.raw:
            raise AssertionError("read without content")
        if name == "gs1" and read.accepted and not gs1.build(read.elements):
            raise AssertionError("what was read cannot be written")

    return one


def _tabular(data: bytes) -> None:
    for line in tabular.lines(io.BytesIO(data)):
        for cell in line.cells:
            for reader in (
                tabular.read_text,
                tabular.read_code,
                tabular.read_gtin,
                tabular.read_decimal,
                tabular.read_flag,
                tabular.read_date,
            ):
                try:
                    reader(cell)
                except ScanError:
                    continue


def _udid(data: bytes) -> None:
    for record in udid.devices(io.BytesIO(data)):
        if record is None:
            raise AssertionError("a device without an answer")


def _gudid(data: bytes) -> None:
    if catalogue.map_text(data.decode("utf-8", "replace")) is None:
        raise AssertionError("a line without an answer")


def _storage(data: bytes) -> None:
    try:
        entries = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        temperature.parse_storage(entries)


def _text(function: Callable[[str], object]) -> Callable[[bytes], None]:
    return lambda data: function(data.decode("utf-8", "replace")) and None


TARGETS: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    **{name: (_code(name), seeds) for name, (_parser, seeds) in CODES.items()},
    "tabular": (_tabular, [b'code,name,cost\nA,B,"1,5"\n', "编号;名称\n1;支架\n".encode("gb18030")]),
    "udid": (
        _udid,
        [
            b"<udid><devices><device><zxxsdycpbs>06972253600013</zxxsdycpbs><cpmctymc>A</cpmctymc></device></devices></udid>"
        ],
    ),
    "gudid": (
        _gudid,
        [
            b'{"di": "06901234567892", "name": "Stent", "maker": "M", "temp": [2, 8], "packs": [["16901234567899", "06901234567892", 10]]}'
        ],
    ),
    "storage": (_storage, [b'[{"low": {"value": "2", "unit": "Degrees Celsius"}}]']),
    "registration": (_text(registration_number.parse), ["国械注准20233130001".encode(), "粤穗械备20230001".encode()]),
    "scope": (_text(scope.parse_codes), [b"14, 13-04;6840"]),
}


def run(name: str, seconds: int) -> None:
    target, seeds = TARGETS[name]

    def guarded(data: bytes) -> None:
        try:
            target(data)
        except ScanError as error:
            if not error.code or not all(isinstance(value, str) for value in error.params.values()):
                raise AssertionError("an error without words") from error

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=2048", "-verbosity=0", corpus], guarded)
        atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzz the parsers.")
    parser.add_argument("target", nargs="?", choices=sorted(TARGETS), help="default: each in turn")
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    if options.target:
        run(options.target, options.seconds)
        return 0
    failed = []
    for name in TARGETS:
        # libFuzzer ends its process
        done = subprocess.run(
            [sys.executable, str(Path(__file__).parent), name, "--seconds", str(options.seconds)], check=False
        )
        sys.stderr.write(f"{name}: {'FAILED' if done.returncode else 'ok'}\n")
        failed += [name] if done.returncode else []
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
