"""Cold goods from the room to the door: a room drifts out of range while its transmitter sends a real
series at speed, lots are held and nobody can ship them; quality assesses and releases; the goods leave with
box, logger and temperature; the logger's own file shows an excursion on the road; refused at the door.

    ./run --scenario coldchain [--catalogue FILE] [--logger FILE]

Every step says what it expects; anything else ends the story with exit code 1.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import cold
from tests.scenarios.outbound import DEMO_CATALOGUE, Day, UnexpectedError, expect, force, masters, people, sell
from tests.scenarios.recall import goods_in, verified

STAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")
# A run of a Q-tag as such a logger writes it; --logger takes one that a real one wrote.
COURSE = [4.4, 3.2, 2.4, 2.6, 3.1, 3.8, 4.0, 4.2, 5.0, 6.1, 7.9, 9.4, 11.2, 13.0, 14.1, 14.8, 12.0, 9.1, 7.5, 6.0]


def main(env: Any, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run --scenario coldchain")
    parser.add_argument("--catalogue", type=Path, default=DEMO_CATALOGUE, help="device catalogue, one JSON a line")
    parser.add_argument("--logger", type=Path, help="file of a Q-tag that travelled; its times are moved to today")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    day = Day(env(context={**env.context, "lang": "en_US", "skip_sms": True, "tracking_disable": True}))
    print("Cold goods from the room to the door", flush=True)
    try:
        way = tell(day, options.catalogue, options.logger)
    except (UnexpectedError, OSError) as error:
        print(f"\nNot as expected: {error}", file=sys.stderr)
        return 1
    except Exception:  # noqa: BLE001 - whatever went wrong, the story did not end as told
        traceback.print_exc()
        return 1
    report(day, way, time.perf_counter() - start)
    return 0


def tell(day: Day, catalogue: Path, logger: Path | None) -> Any:
    people(day)
    device = masters(day, catalogue)[0]
    key = equipped(day, device)
    goods_in(day, device)
    picking = ordered(day, device)
    with cold.served(day.env) as port:
        drifted(day, port, key, picking)
        day.refused(
            "the picker, while it is out of range",
            {"lot_not_released", "temperature_excursion", "cold_transport_incomplete", "review_missing"},
            lambda: force(day, day.user["hospital"], day.lots["RCL-101"]),
        )
        recovered(day, port, key)
    assessed(day)
    reviewed(day, picking)
    day.refused("no box, no logger", {"cold_transport_incomplete"}, lambda: shipped(day, picking))
    way = handed_over(day, picking)
    read_out(day, way, logger)
    day.refused("accepting what was out of range", {"signature"}, lambda: signed(day, way, "accept"))
    refused_at_the_door(day, way)
    verified(day)
    return way


def equipped(day: Day, device: Any) -> str:
    """A watched room with two sensors and a transmitter, a box and a logger, all qualified; the company watches."""
    from odoo import fields

    env = day.env
    with day.stage("Cold room, box and logger") as say:
        profile = env.ref("med_coldchain.profile_2_8")
        device.product_tmpl_id.with_user(day.user["quality"]).med_storage_condition_id = env.ref(
            "med_master_data.storage_2_8"
        )
        expect(device.product_tmpl_id.med_storage_profile_id == profile, "the profile does not follow the label")
        warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
        quality = env(user=day.user["quality"].id)
        today = fields.Date.today()
        tools = {}
        for name, kind, place in (
            ("Room", "room", warehouse.lot_stock_id.id),
            ("Box", "box", 0),
            ("Logger", "logger", 0),
        ):
            tool = quality["maintenance.equipment"].create(
                {
                    "name": name,
                    "med_kind": kind,
                    "med_profile_id": profile.id,
                    "location_id": place or False,
                    "company_id": env.company.id,
                }
            )
            for need in ("calibration", "verification"):
                quality["med.equipment.qualification"].create(
                    {
                        "equipment_id": tool.id,
                        "kind": need,
                        "done_on": today - timedelta(days=60),
                        "valid_to": today + timedelta(days=300),
                    }
                )
            tools[name] = tool
        device_ = quality["med.temperature.device"].create({"name": "Gateway", "serial": "GATE-1"})
        sensors = quality["med.temperature.sensor"]
        for name in ("Door", "Wall"):
            sensors.create(
                {"name": name, "serial": name.upper(), "equipment_id": tools["Room"].id, "device_id": device_.id}
            )
        env.company.write({"med_cold_duty": True, "med_alarm_user_ids": [(6, 0, day.user["quality"].ids)]})
        day.user |= {f"tool {name}": tool.sudo().with_env(env) for name, tool in tools.items()}
        say("3 pieces of equipment qualified, 2 sensors, 1 transmitter with a key of its own")
        return str(device_._make_key())


def ordered(day: Day, device: Any) -> Any:
    with day.stage("Ordered and reserved") as say:
        picking = sell(day, day.user["hospital"], (device, 6)).with_env(day.env).picking_ids
        picking.action_assign()
        expect(picking.move_line_ids.lot_id.name == "RCL-101", "another lot was allocated")
        say(f"{picking.name}: 6 of RCL-101")
    return picking


def send(day: Day, port: int, key: str, courses: dict[str, list[tuple[int, float]]]) -> dict[str, Any]:
    sender = cold.Sender(port, key)
    answer = sender.send(json.dumps({"readings": courses}).encode())
    sender.close()
    # what the server committed is seen from here on
    day.env.cr.commit()
    day.env.invalidate_all()
    return answer


def drifted(day: Day, port: int, key: str, picking: Any) -> None:
    """Eight hours at speed: seven good ones, then the door stays open."""
    with day.stage("The room drifts out of range") as say:
        now = int(time.time())
        times = range(now - 8 * 3600, now, 60)
        door = [(at, 5.0 + max(0, at - now + 4800) / 600) for at in times]
        wall = [(at, 4.5) for at in times]
        start = time.perf_counter()
        for first in range(0, len(door), 60):
            answer = send(day, port, key, {"DOOR": door[first : first + 60], "WALL": wall[first : first + 60]})
            expect(not answer["refused"], f"readings were refused: {answer['refused']}")
        again = send(day, port, key, {"DOOR": door[:60]})
        expect(again["duplicates"] == 60 and not again["accepted"], "what came twice counted twice")
        excursion = day.env["med.temperature.excursion"].search([("kind", "=", "high"), ("state", "=", "open")])
        expect(len(excursion) == 1, "no excursion was opened")
        expect(excursion.harmed_lot_ids == excursion.lot_ids, "lots that were there are not concerned")
        lots = day.env["stock.lot"].concat(*day.lots.values())
        expect(set(lots.mapped("med_status")) == {"on_hold"}, "the lots are not held")
        expect(not picking.move_line_ids, "the goods are still reserved")
        expect(excursion.activity_ids.user_id == day.user["quality"], "nobody was told")
        day.user["excursion"] = excursion
        say(
            f"{len(door) + len(wall)} readings in {time.perf_counter() - start:.1f} s; {excursion.deviation_id.name}"
            f" opened, {len(lots)} lots held, {picking.name} lost its goods, quality told"
        )


def recovered(day: Day, port: int, key: str) -> None:
    with day.stage("In range again") as say:
        now = int(time.time())
        send(day, port, key, {"DOOR": [(now, 5.0)], "WALL": [(now, 4.5)]})
        excursion = day.user["excursion"]
        expect(excursion.state == "ended", "the excursion goes on")
        say(f"{excursion.minutes} minutes, {excursion.extreme:.1f} °C at most")


def assessed(day: Day) -> None:
    with day.stage("Assessed and released") as say:
        excursion = day.user["excursion"].with_user(day.user["quality"])
        excursion.comment = "Door closed, seal replaced"
        excursion.action_acknowledge()
        answer = {"name": "answer.pdf", "raw": b"stable for 24 h up to 15 degrees", "res_model": excursion._name}
        excursion.write(
            {
                "disposition": "use",
                "disposition_reason": "The manufacturer states 24 hours up to 15 °C",
                "answer_ids": [(0, 0, answer)],
            }
        )
        excursion._sign("assess", day.credential)
        deviation = excursion.deviation_id
        deviation.containment = "Lots held, door closed"
        deviation.action_contain()
        deviation.write(
            {"investigation": "Curve of both sensors", "root_cause": "Worn seal", "cause_category": "storage"}
        )
        deviation.action_investigate()
        deviation.write({"disposition": "release", "disposition_reason": "Within the stability budget"})
        deviation._sign("decide", day.credential)
        lots = day.env["stock.lot"].concat(*day.lots.values())
        expect(set(lots.mapped("med_status")) == {"released"}, "the lots are not released")
        say("acknowledged, signed with the manufacturer's answer, deviation decided, lots released")


def reviewed(day: Day, picking: Any) -> None:
    with day.stage("Picked and reviewed") as say:
        picking.action_assign()
        picking.with_user(day.user["picker"]).move_ids.picked = True
        action = picking.with_user(day.user["reviewer"]).action_med_review()
        review = day.env["med.outbound.review"].with_user(day.user["reviewer"]).browse(action["res_id"])
        review.action_count_as_expected()
        review._sign("review", day.credential)
        say(picking.name)


def shipped(day: Day, picking: Any) -> None:
    picking.with_user(day.user["picker"]).with_context(skip_backorder=True).button_validate()


def handed_over(day: Day, picking: Any) -> Any:
    from odoo import fields

    with day.stage("Handed over to the road") as say:
        action = picking.with_user(day.user["picker"]).action_med_cold_transport()
        way = day.env["med.cold.transport"].with_user(day.user["picker"]).browse(action["res_id"])
        way.write(
            {
                "box_id": day.user["tool Box"].id,
                "logger_id": day.user["tool Logger"].id,
                "driver": "Wang",
                "plate": "苏A·12345",
                "departure_at": fields.Datetime.now(),
                "has_departure": True,
                "departure_temp": 4.5,
            }
        )
        shipped(day, picking)
        expect(picking.state == "done", "the delivery was not validated")
        say(f"{picking.name} left at 4.5 °C with box and logger")
    return way


def read_out(day: Day, way: Any, file: Path | None) -> None:
    """The logger is read out at the door. Its run is moved so that it ends now."""
    with day.stage("Logger read out on arrival") as say:
        content, first = moved(file.read_text(encoding="utf-8") if file else made())
        serial = re.search(r"Serial: (\S+)", content)
        expect(serial, "the file names no logger")
        day.env["med.temperature.sensor"].with_user(day.user["quality"]).create(
            {"name": "Probe", "serial": serial[1] if serial else "", "equipment_id": day.user["tool Logger"].id}
        )
        wizard = day.env["med.logger.import"].with_user(day.user["picker"])
        result = wizard.create(
            {
                "file": base64.b64encode(content.encode()),
                "filename": file.name if file else "run.txt",
                "zone": "UTC",
                "equipment_id": day.user["tool Logger"].id,
            }
        ).action_import()
        record = day.env["med.logger.file"].browse(result["res_id"])
        # the story is faster than the lorry
        way.write({"departure_at": first, "arrival_at": record.read_out, "has_arrival": True, "arrival_temp": 6})
        kinds = way.excursion_ids.mapped("kind")
        expect("high" in kinds, f"no excursion on the road, but {kinds}")
        say(
            f"{record.count} readings of {record.device}, {way.lowest:.1f} to {way.highest:.1f} °C,"
            f" MKT {way.mkt:.2f} °C, {len(kinds)} excursions"
        )


def made() -> str:
    """A file of our own, as a Q-tag writes it."""
    begin = datetime(2026, 11, 8, 4, 49)  # noqa: DTZ001 - a logger's clock has no time zone
    rows = "".join(
        f"\t{begin + timedelta(minutes=10 * i):%Y-%m-%d %H:%M}\t{celsius}\t\n" for i, celsius in enumerate(COURSE)
    )
    end = begin + timedelta(minutes=10 * len(COURSE))
    return (
        "Device: Q-tag CLm doc LR\nConf:\n Serial: SCENARIO01\n Logging Interval: 10\n"
        f"Res:\n TS Start: {begin:%Y-%m-%d %H:%M}\n TS Stop: {end:%Y-%m-%d %H:%M}\n"
        f"Data:\n\tyyyy-MM-dd hh:mm\tT\tOut of limits\n{rows}"
    )


def moved(text: str) -> tuple[str, datetime]:
    """The same run, ending a minute ago; and when it begins."""
    from odoo import fields

    rows = [line.split("\t")[1] for line in text.splitlines() if re.match(rf"\t{STAMP.pattern}\t", line)]
    times = [datetime.strptime(row, "%Y-%m-%d %H:%M") for row in rows]  # noqa: DTZ007 - a logger's clock
    by = fields.Datetime.now().replace(second=0, microsecond=0) - timedelta(minutes=1) - times[-1]

    def move(match: re.Match[str]) -> str:
        return f"{datetime.strptime(match[0], '%Y-%m-%d %H:%M') + by:%Y-%m-%d %H:%M}"  # noqa: DTZ007

    return STAMP.sub(move, text), times[0] + by


def signed(day: Day, way: Any, meaning: str) -> None:
    way.with_user(day.user["picker"])._sign(meaning, day.credential)


def refused_at_the_door(day: Day, way: Any) -> None:
    with day.stage("Refused at the door") as say:
        way.remark = "Above 8 °C on the road; not accepted"
        signed(day, way, "refuse")
        expect(way.state == "refused" and way.deviation_id, "nothing follows from the refusal")
        say(f"signed; {way.deviation_id.name} opened")


def report(day: Day, way: Any, seconds: float) -> None:
    print("\nStages")
    for name, said, elapsed in day.stages:
        print(f"  {elapsed:7.2f} s  {name:<28} {said}")
    print("\nRefused, as it should be")
    for what, rules, sentence in day.refusals:
        print(f"  {what}\n      {rules}: {_first(sentence.splitlines())}")
    print(
        f"\n{len(day.stages)} stages, {len(day.refusals)} refusals, {way.picking_id.name} {way.state},"
        f" {seconds:.1f} s: everything as expected"
    )


def _first(lines: Sequence[str]) -> str:
    return lines[0] if lines else ""
