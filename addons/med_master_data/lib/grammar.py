"""The grammar of codes as data, for readers in other languages.

A phone reads by these tables and the same steps; one test runs both over every open vector there is.
"""

from __future__ import annotations

from typing import Any

from . import epc, gs1, gs1_ai, gs1_codes, gs1_rules, hibc, isbt128, scan


def grammar() -> dict[str, Any]:
    """JSON: ``ais`` {ai: [fixed, parts, needs, excludes]}, a part being [kind, minimum, maximum, optional, rules]."""
    return {
        "ais": {
            ai: [
                spec.fixed,
                [[p.kind, p.minimum, p.maximum, p.optional, list(p.rules)] for p in spec.parts],
                [[list(choice) for choice in group] for group in spec.needs],
                list(spec.excludes),
            ]
            for ai, spec in gs1_ai.TABLE.items()
        },
        "characters": {kind: "".join(sorted(allowed)) for kind, allowed in gs1_rules.CHARACTERS.items()},
        "set82": gs1_rules.CSET82,
        "set32": gs1_rules.CSET32,
        "set64": gs1_rules.CSET64,
        "countries": sorted(gs1_ai.COUNTRIES),
        "countries2": sorted(gs1_codes.COUNTRIES_2),
        "currencies": sorted(gs1_codes.CURRENCIES),
        "packages": sorted(gs1_codes.PACKAGE_TYPES),
        "symbologies": list(gs1.GS1_SYMBOLOGIES),
        "gtin_symbologies": {key: list(lengths) for key, lengths in gs1.GTIN_SYMBOLOGIES.items()},
        "maximum": scan.MAXIMUM_LENGTH,
        "hibc": hibc.CHARACTERS,
        "isbt": {code: size for code, (_name, size) in isbt128.STRUCTURES.items()},
        "isbt_characters": isbt128.CHECK_CHARACTERS,
        "epc": {
            coding.header: [name, coding.kind, coding.total, coding.serial_bits, coding.text]
            for name, coding in epc.CODINGS.items()
        },
    }
