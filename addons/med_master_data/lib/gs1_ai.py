"""The GS1 application identifiers as data: format, what must and what must not accompany them.

Facts of the GS1 Barcode Syntax Dictionary (GS1 AISBL, Apache-2.0), in a notation of our own:

* ``ais``: one AI, several, or ranges of the last digit (``3900..9``);
* ``fixed``: 1 when the length is predefined, so that no FNC1 follows;
* ``format``: parts ``n6`` (exactly six digits), ``x-20`` (one to twenty of character set 82),
  ``y`` (set 39), ``z`` (base64url), ``?`` optional, ``:rule`` content rules of ``gs1_rules``;
* ``needs``: alternatives by ``|``, members that go together by ``+``; a second group by blank;
* ``excludes``: by ``|``; ``n`` stands for any digit, ``self`` for the other members of a family.

Left out, hence refused: 8110 and 8112 (North American coupons): no label of goods has them.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

_ROWS: tuple[tuple[str, int, str, str, str, str], ...] = (
    ("00", 1, "n18:key:prefix2", "", "", "SSCC"),
    ("01", 1, "n14:key:prefix2", "", "255|37", "GTIN"),
    ("02", 1, "n14:key:prefix2", "37", "01|03", "CONTENT"),
    ("03", 1, "n14:key:prefix2", "", "01|02|37|235", "MTO GTIN"),
    ("10", 0, "x-20", "01|02|03|8006|8026", "", "BATCH/LOT"),
    ("11", 1, "n6:day0", "01|02|03|8006|8026", "", "PROD DATE"),
    ("12", 1, "n6:day0", "8020", "", "DUE DATE"),
    ("13", 1, "n6:day0", "01|02|03|8006|8026", "", "PACK DATE"),
    ("15", 1, "n6:day0", "01|02|03|8006|8026", "", "BEST BEFORE or BEST BY"),
    ("16", 1, "n6:day0", "01|02|03|8006|8026", "", "SELL BY"),
    ("17", 1, "n6:day0", "01|02|03|255|8006|8026", "", "USE BY or EXPIRY"),
    ("20", 1, "n2", "01|02|03|8006|8026", "", "VARIANT"),
    ("21", 0, "x-20", "01|03|8006", "235", "SERIAL"),
    ("22", 0, "x-20", "01", "", "CPV"),
    ("235", 0, "x-28", "01", "", "TPX"),
    ("240", 0, "x-30", "01|02|03|8006|8026", "", "ADDITIONAL ID"),
    ("241", 0, "x-30", "01|02|03|8006|8026", "", "CUST. PART No."),
    ("242", 0, "n-6", "01|02|8006|8026", "", "MTO VARIANT"),
    ("243", 0, "x-20", "01|03", "", "PCN"),
    ("250", 0, "x-30", "01+21|03+21|8006+21", "", "SECONDARY SERIAL"),
    ("251", 0, "x-30", "01|03|8006", "", "REF. TO SOURCE"),
    ("253", 0, "n13:key:prefix x-17?", "", "", "GDTI"),
    ("254", 0, "x-20", "414", "", "GLN EXTENSION COMPONENT"),
    ("255", 0, "n13:key:prefix n-12?", "", "01|02|415|8006|8020|8026", "GCN"),
    ("30", 0, "n-8", "01|02", "", "VAR. COUNT"),
    (
        "3100..5 3110..5 3120..5 3130..5 3140..5 3150..5 3160..5 3200..5 3210..5 3220..5 "
        "3230..5 3240..5 3250..5 3260..5 3270..5 3280..5 3290..5 3500..5 3510..5 3520..5 "
        "3560..5 3570..5 3600..5 3610..5 3640..5 3650..5 3660..5",
        1,
        "n6",
        "01|02",
        "self",
        "MEASURE",
    ),
    (
        "3300..5 3310..5 3320..5 3330..5 3340..5 3350..5 3360..5 3400..5 3410..5 3420..5 "
        "3430..5 3440..5 3450..5 3460..5 3470..5 3480..5 3490..5 3530..5 3540..5 3550..5 "
        "3620..5 3630..5 3670..5 3680..5 3690..5",
        1,
        "n6",
        "00|01",
        "self",
        "MEASURE",
    ),
    ("3370..5", 1, "n6", "01", "self", "MEASURE"),
    ("37", 0, "n-8", "00+02|00+8026", "", "COUNT"),
    ("3900..9", 0, "n-15", "255|8020", "390n|391n|394n|8111", "AMOUNT"),
    ("3910..9", 0, "n3:currency n-15", "8020", "391n", "AMOUNT"),
    ("3920..9", 0, "n-15", "01+30|01+31nn|01+32nn|01+35nn|01+36nn", "392n|393n", "PRICE"),
    ("3930..9", 0, "n3:currency n-15", "30|31nn|32nn|35nn|36nn", "393n", "PRICE"),
    ("3940..3", 0, "n4", "255", "394n|8111", "PRCNT OFF"),
    ("3950..5", 0, "n6", "30|31nn|32nn|35nn|36nn", "392n|393n|395n|8005", "PRICE/UoM"),
    ("400", 0, "x-30", "", "", "ORDER NUMBER"),
    ("401", 0, "x-30:prefix", "", "", "GINC"),
    ("402", 0, "n17:key:prefix", "", "", "GSIN"),
    ("403", 0, "x-30", "00", "", "ROUTE"),
    ("410", 1, "n13:key:prefix", "", "", "SHIP TO LOC"),
    ("411", 1, "n13:key:prefix", "", "", "BILL TO"),
    ("412", 1, "n13:key:prefix", "", "", "PURCHASE FROM"),
    ("413", 1, "n13:key:prefix", "", "", "SHIP FOR LOC"),
    ("414", 1, "n13:key:prefix", "", "", "LOC No."),
    ("415", 1, "n13:key:prefix", "8020", "", "PAY TO"),
    ("416", 1, "n13:key:prefix", "", "", "PROD/SERV LOC"),
    ("417", 1, "n13:key:prefix", "", "", "PARTY"),
    ("420", 0, "x-20", "", "421", "SHIP TO POST"),
    ("421", 0, "n3:country x-9", "", "4307", "SHIP TO POST"),
    ("422", 0, "n3:country", "01|02|03|8006|8026", "426", "ORIGIN"),
    ("423", 0, "n3:country n3?:country*4", "01|02|03", "426", "COUNTRY - INITIAL PROCESS"),
    ("424", 0, "n3:country", "01|02|03", "426", "COUNTRY - PROCESS"),
    ("425", 0, "n3:country n3?:country*4", "01|02|03", "426", "COUNTRY - DISASSEMBLY"),
    ("426", 0, "n3:country", "01|02|03", "", "COUNTRY - FULL PROCESS"),
    ("427", 0, "x-3", "01+422|02+422|03+422", "", "ORIGIN SUBDIVISION"),
    ("4300", 0, "x-35:pct", "00", "", "SHIP TO COMP"),
    ("4301", 0, "x-35:pct", "00", "", "SHIP TO NAME"),
    ("4302", 0, "x-70:pct", "00", "", "SHIP TO ADD1"),
    ("4303", 0, "x-70:pct", "4302", "", "SHIP TO ADD2"),
    ("4304", 0, "x-70:pct", "00", "", "SHIP TO SUB"),
    ("4305", 0, "x-70:pct", "00", "", "SHIP TO LOC"),
    ("4306", 0, "x-70:pct", "00", "", "SHIP TO REG"),
    ("4307", 0, "x2:country2", "00", "", "SHIP TO COUNTRY"),
    ("4308", 0, "x-30", "00", "", "SHIP TO PHONE"),
    ("4309", 0, "n10:lat n10:lon", "00", "", "SHIP TO GEO"),
    ("4310", 0, "x-35:pct", "00", "", "RTN TO COMP"),
    ("4311", 0, "x-35:pct", "00", "", "RTN TO NAME"),
    ("4312", 0, "x-70:pct", "00", "", "RTN TO ADD1"),
    ("4313", 0, "x-70:pct", "4312", "", "RTN TO ADD2"),
    ("4314", 0, "x-70:pct", "00", "", "RTN TO SUB"),
    ("4315", 0, "x-70:pct", "00", "", "RTN TO LOC"),
    ("4316", 0, "x-70:pct", "00", "", "RTN TO REG"),
    ("4317", 0, "x2:country2", "00", "", "RTN TO COUNTRY"),
    ("4318", 0, "x-20", "00", "", "RTN TO POST"),
    ("4319", 0, "x-30", "00", "", "RTN TO PHONE"),
    ("4320", 0, "x-35:pct", "00", "", "SRV DESCRIPTION"),
    ("4321", 0, "n1:bool", "00", "", "DANGEROUS GOODS"),
    ("4322", 0, "n1:bool", "00", "", "AUTH TO LEAVE"),
    ("4323", 0, "n1:bool", "00", "", "SIG REQUIRED"),
    ("4324", 0, "n6:day0 n4:hhmi", "00", "", "NOT BEF DEL DT"),
    ("4325", 0, "n6:day0 n4:hhmi", "00", "", "NOT AFT DEL DT"),
    ("4326", 0, "n6:day", "00", "", "REL DATE"),
    ("4330", 0, "n6 x1?:hyphen", "00", "4331", "MAX TEMP F."),
    ("4331", 0, "n6 x1?:hyphen", "00", "4330", "MAX TEMP C."),
    ("4332", 0, "n6 x1?:hyphen", "00", "4333", "MIN TEMP F."),
    ("4333", 0, "n6 x1?:hyphen", "00", "4332", "MIN TEMP C."),
    ("7001", 0, "n13", "01|02|8006|8026", "", "NSN"),
    ("7002", 0, "x-30", "01|02", "", "MEAT CUT"),
    ("7003", 0, "n6:day n4:hhmi", "01|02|03", "", "EXPIRY TIME"),
    ("7004", 0, "n-4", "01+10|03+10", "", "ACTIVE POTENCY"),
    ("7005", 0, "x-12", "01|02", "", "CATCH AREA"),
    ("7006", 0, "n6:day", "01|02", "", "FIRST FREEZE DATE"),
    ("7007", 0, "n6:day n6?:day", "01|02", "", "HARVEST DATE"),
    ("7008", 0, "x-3", "01|02", "", "AQUATIC SPECIES"),
    ("7009", 0, "x-10", "01|02", "", "FISHING GEAR TYPE"),
    ("7010", 0, "x-2", "01|02|03", "", "PROD METHOD"),
    ("7011", 0, "n6:day n4?:hhmi", "01|02|03", "", "TEST BY DATE"),
    ("7020", 0, "x-20", "01+416|03+416|8006+416", "", "REFURB LOT"),
    ("7021", 0, "x-20", "01|03|8006", "", "FUNC STAT"),
    ("7022", 0, "x-20", "01+7021|03+7021|8006+7021", "", "REV STAT"),
    ("7023", 0, "x-30:prefix", "", "", "GIAI - ASSEMBLY"),
    ("7030..9", 0, "n3:country999 x-27", "01|02", "", "PROCESSOR"),
    ("7040", 0, "n1 x1 x1 x1:importer", "", "", "UIC+EXT"),
    ("7041", 0, "x-4:package", "00", "", "UFRGT UNIT TYPE"),
    ("710", 0, "x-20", "01", "", "NHRN PZN"),
    ("711", 0, "x-20", "01", "", "NHRN CIP"),
    ("712", 0, "x-20", "01", "", "NHRN CN"),
    ("713", 0, "x-20", "01", "", "NHRN DRN"),
    ("714", 0, "x-20", "01", "", "NHRN AIM"),
    ("715", 0, "x-20", "01", "", "NHRN NDC"),
    ("716", 0, "x-20", "01", "", "NHRN AIC"),
    ("717", 0, "x-20", "01", "", "NHRN SRN"),
    ("7230..9", 0, "x2 x-28", "01|8004", "", "CERT"),
    ("7240", 0, "x-20", "01|8006", "03", "PROTOCOL"),
    ("7241", 0, "n2:media", "8017|8018", "", "AIDC MEDIA TYPE"),
    ("7242", 0, "x-25", "8017|8018", "", "VCN"),
    ("7250", 0, "n8:fullday", "8018", "7251", "DOB"),
    ("7251", 0, "n8:fullday n4:hhmi", "8018", "7250", "DOB TIME"),
    ("7252", 0, "n1:sex", "8018", "", "BIO SEX"),
    ("7253", 0, "x-40:pct", "8017|8018", "7256|7259", "FAMILY NAME"),
    ("7254", 0, "x-40:pct", "8017|8018", "7256|7259", "GIVEN NAME"),
    ("7255", 0, "x-10", "8017|8018", "7256|7259", "SUFFIX"),
    ("7256", 0, "x-90:pct", "8017|8018", "", "FULL NAME"),
    ("7257", 0, "x-70:pct", "8018", "", "PERSON ADDR"),
    ("7258", 0, "x3:seq", "8018+7259", "", "BIRTH SEQUENCE"),
    ("7259", 0, "x-40:pct", "8018", "7256", "BABY"),
    ("8001", 0, "n4:nonzero n5:nonzero n3:nonzero n1:winding n1", "01", "", "DIMENSIONS"),
    ("8002", 0, "x-20", "", "", "CMT No."),
    ("8003", 0, "n1:zero n13:key:prefix x-16?", "", "", "GRAI"),
    ("8004", 0, "x-30:prefix", "", "", "GIAI"),
    ("8005", 0, "n6", "01|02", "", "PRICE PER UNIT"),
    ("8006", 0, "n14:key:prefix2 n4:piece", "", "01|03|37", "ITIP"),
    ("8007", 0, "x-34:iban", "415", "", "IBAN"),
    ("8008", 0, "n6:day n2:hh n2?:mi n2?:ss", "01|02|03", "", "PROD TIME"),
    ("8009", 0, "x-50", "00|01|03", "", "OPTSEN"),
    ("8010", 0, "y-30:prefix", "", "", "CPID"),
    ("8011", 0, "n-12:nolead0", "8010", "", "CPID SERIAL"),
    ("8012", 0, "x-20", "01|03|8006", "", "VERSION"),
    ("8013", 0, "x-25:pair:prefix", "", "", "GMN"),
    ("8014", 0, "x-25:pair:prefix:alpha", "01", "", "MUDI"),
    ("8017", 0, "n18:key:prefix", "", "8018", "GSRN - PROVIDER"),
    ("8018", 0, "n18:key:prefix", "", "8017", "GSRN - RECIPIENT"),
    ("8019", 0, "n-10", "8017|8018", "", "SRIN"),
    ("8020", 0, "x-25", "415", "", "REF No."),
    ("8026", 0, "n14:key:prefix2 n4:piece", "37", "02|03|8006", "ITIP CONTENT"),
    (
        "8030",
        0,
        "z-90",
        "00|01+21|03+21|253|255|8003|8004|8006+21|8010+8011|8017|8018",
        "",
        "DIGSIG",
    ),
    ("8040", 0, "n15", "01+21", "", "IMEI"),
    ("8041", 0, "n15", "01+21+8040", "", "IMEI2"),
    ("8042", 0, "n32", "01+21+8040", "", "ESIM"),
    ("8043", 0, "n18 n-2?", "01+21+8040", "", "PSIM"),
    ("8111", 0, "n4", "255", "", "POINTS"),
    ("8200", 0, "x-70", "01", "", "PRODUCT URL"),
    ("90", 0, "x-30", "", "", "INTERNAL"),
    ("91..9", 0, "x-90", "", "", "INTERNAL"),
)

# ISO 3166-1 numeric codes (AI 422-427, 7030-7039).
COUNTRIES = frozenset(
    (
        "004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 070 "
        "072 074 076 084 086 090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 "
        "158 162 166 170 174 175 178 180 184 188 191 192 196 203 204 208 212 214 218 222 226 231 "
        "232 233 234 238 239 242 246 248 250 254 258 260 262 266 268 270 275 276 288 292 296 300 "
        "304 308 312 316 320 324 328 332 334 336 340 344 348 352 356 360 364 368 372 376 380 384 "
        "388 392 398 400 404 408 410 414 417 418 422 426 428 430 434 438 440 442 446 450 454 458 "
        "462 466 470 474 478 480 484 492 496 498 499 500 504 508 512 516 520 524 528 531 533 534 "
        "535 540 548 554 558 562 566 570 574 578 580 581 583 584 585 586 591 598 600 604 608 612 "
        "616 620 624 626 630 634 638 642 643 646 652 654 659 660 662 663 666 670 674 678 682 686 "
        "688 690 694 702 703 704 705 706 710 716 724 728 729 732 740 744 748 752 756 760 762 764 "
        "768 772 776 780 784 788 792 795 796 798 800 804 807 818 826 831 832 833 834 840 850 854 "
        "858 860 862 876 882 887 894 "
    ).split()
)

_PART = re.compile(r"([nxyz])(-?)(\d+)(\??)((?::\w+)*)(?:\*(\d))?$")


@dataclass(frozen=True)
class Part:
    """One component of an AI's data: character kind, length, content rules."""

    kind: str
    minimum: int
    maximum: int
    optional: bool
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """One application identifier."""

    ai: str
    fixed: bool
    parts: tuple[Part, ...]
    needs: tuple[tuple[tuple[str, ...], ...], ...]
    excludes: tuple[str, ...]
    title: str

    @property
    def minimum(self) -> int:
        return sum(part.minimum for part in self.parts if not part.optional)

    @property
    def maximum(self) -> int:
        return sum(part.maximum for part in self.parts)


def _expand(token: str) -> list[str]:
    first, _sep, last = token.partition("..")
    if not last:
        return [first]
    return [f"{first[:-1]}{digit}" for digit in range(int(first[-1]), int(last) + 1)]


def _parts(text: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    for token in text.split():
        match = _PART.match(token)
        if match is None:
            raise AssertionError(token)  # a typing error in the table above
        kind, variable, length, optional, rules, repeat = match.groups()
        part = Part(
            kind=kind,
            minimum=1 if variable else int(length),
            maximum=int(length),
            optional=bool(optional),
            rules=tuple(rules.split(":")[1:]),
        )
        parts.extend(itertools.repeat(part, int(repeat or 1)))
    return tuple(parts)


def _read_table() -> dict[str, Spec]:
    table = {}
    for ais, fixed, text, needs, excludes, title in _ROWS:
        parts = _parts(text)
        groups = tuple(tuple(tuple(choice.split("+")) for choice in group.split("|")) for group in needs.split())
        for ai in itertools.chain.from_iterable(_expand(token) for token in ais.split()):
            patterns = tuple(
                f"{ai[:3]}n" if pattern == "self" else pattern
                for pattern in excludes.replace(" ", "|").split("|")
                if pattern
            )
            table[ai] = Spec(ai, bool(fixed), parts, groups, patterns, title)
    return table


TABLE: dict[str, Spec] = _read_table()
_LENGTHS = {ai[:2]: len(ai) for ai in TABLE}


def find(text: str, start: int = 0) -> Spec | None:
    """The AI that ``text`` has at ``start``, or None. Two digits say how long the AI is."""
    length = _LENGTHS.get(text[start : start + 2])
    return TABLE.get(text[start : start + length]) if length else None


def matches(pattern: str, ai: str) -> bool:
    """True when ``ai`` fits ``pattern``: literal digits, ``n`` for any digit."""
    return len(pattern) == len(ai) and all(p in ("n", c) for p, c in zip(pattern, ai, strict=True))
