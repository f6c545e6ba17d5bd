"""Reading labels: the whole identifier path per scan against the bare library (biip) alone."""

from __future__ import annotations

import itertools
from datetime import date
from functools import partial
from typing import Any

from benchmarks.kit import Table, measure

DEVICES = 200
LOTS_EACH = 5
GS = "\x1d"


def run(env: Any, small: bool) -> Table:
    """Three paths over the same labels: biip reads, we read, we read and find the goods.

    ``parse_ratio`` compares reading with reading. What biip does not do (association rules, the
    question about lost separators) is in our side.
    """
    count, rounds = (300, 3) if small else (5000, 9)
    labels = _labels(env, count)
    table = Table(("path", "scans per second", "times biip"))
    ours, theirs = partial(_read, labels), partial(_biip, labels)
    compared = measure(theirs, ours, rounds)
    table.add("biip, reading", round(count / compared.a), 1.0, parse_biip_per_s=round(count / compared.a))
    table.add(
        "ours, reading",
        round(count / compared.b),
        compared.ratio,
        parse_per_s=round(count / compared.b),
        parse_ratio=round(compared.ratio, 3),
    )
    some = labels[: max(50, count // 20)]
    found = measure(partial(_biip, some), partial(_resolve, env, some), max(3, rounds // 2))
    table.add(
        "ours, reading and finding product and lot",
        round(len(some) / found.b),
        found.ratio,
        resolve_per_s=round(len(some) / found.b),
    )
    return table


def _labels(env: Any, count: int) -> list[str]:
    """Element strings of devices and lots that are on record, as a scanner sends them."""
    from odoo.addons.med_master_data.lib import gtin

    bodies = [f"0695{number:09d}" for number in range(DEVICES)]
    gtins = [body + str(gtin.check_digit(body)) for body in bodies]
    templates = env["product.template"].create(
        [
            {
                "name": f"Scan bench {number}",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
                "med_is_device": True,
            }
            for number in range(DEVICES)
        ]
    )
    env["med.product.identifier"].create(
        [{"product_tmpl_id": template.id, "di": di} for template, di in zip(templates, gtins, strict=True)]
    )
    env["stock.lot"].create(
        [
            {
                "name": f"LOT{lot}-{template.id}",
                "product_id": template.product_variant_id.id,
                "expiration_date": "2029-02-28 12:00:00",
            }
            for template in templates
            for lot in range(LOTS_EACH)
        ]
    )
    env.flush_all()
    every = [
        f"]d201{di}1126030117290228" + f"10LOT{lot}-{template.id}{GS}240REF-{template.id}"
        for template, di in zip(templates, gtins, strict=True)
        for lot in range(LOTS_EACH)
    ]
    return list(itertools.islice(itertools.cycle(every), count))


def _biip(labels: list[str]) -> None:
    import biip

    for label in labels:
        biip.parse(label)


def _read(labels: list[str]) -> None:
    from odoo.addons.med_master_data.lib import scan

    today = date(2026, 11, 23)
    for label in labels:
        scan.parse(label, today)


def _resolve(env: Any, labels: list[str]) -> None:
    """One request per scan: nothing is remembered from the scan before."""
    for label in labels:
        env.invalidate_all()
        result = env["med.scan"]._resolve(label)
        if not (result.accepted and result.lot):
            raise RuntimeError(f"{label!r} was not understood: {result.problems}")
