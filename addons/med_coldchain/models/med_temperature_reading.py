import io
import json
import logging
from collections import defaultdict
from datetime import datetime, timezone

from odoo import api, models
from odoo.tools import SQL

from ..lib import judgement
from ..lib.judgement import Checkpoint, State, Terms
from ..lib.readings import SKEW, Reading, to_seconds

_logger = logging.getLogger(__name__)

# Nothing measured earlier is a measurement of today's loggers; it bounds the number of partitions.
OLDEST = to_seconds(datetime(2000, 1, 1))  # noqa: DTZ001 - naive is UTC here
# A course without a profile is kept and judged by nothing but its silence and failures.
NO_TERMS = Terms()
HOUR = 3600


def month_of(at):
    instant = datetime.fromtimestamp(at, timezone.utc)
    return instant.year, instant.month


class MedTemperatureReading(models.AbstractModel):
    """Readings, as many as there are: one narrow table in monthly partitions, written in sets, judged as they come.

    ``(sensor_id, at)`` is unique, so that a batch which is sent again counts once. Beside it, per sensor, stands the
    judgement after the last reading, its state at the beginning of each day (where late readings begin again), and
    hourly extremes for curves. None of them is a model: nobody reads a billion rows through a form.
    """

    _name = "med.temperature.reading"
    _description = "Temperature readings"

    @api.model
    def _make_tables(self):
        self.env.cr.execute(
            """
            CREATE TABLE IF NOT EXISTS med_temperature_reading (
                at bigint NOT NULL, sensor_id integer NOT NULL, milli integer,
                PRIMARY KEY (sensor_id, at)
            ) PARTITION BY RANGE (at);
            CREATE TABLE IF NOT EXISTS med_temperature_state (
                sensor_id integer PRIMARY KEY REFERENCES med_temperature_sensor ON DELETE CASCADE,
                data jsonb NOT NULL DEFAULT '[]',
                summed bigint NOT NULL DEFAULT 0
            ) WITH (fillfactor = 50);
            CREATE TABLE IF NOT EXISTS med_temperature_checkpoint (
                sensor_id integer NOT NULL, at bigint NOT NULL, data jsonb NOT NULL, PRIMARY KEY (sensor_id, at)
            );
            CREATE TABLE IF NOT EXISTS med_temperature_hour (
                sensor_id integer NOT NULL, hour bigint NOT NULL, readings integer NOT NULL,
                lowest integer, highest integer, total bigint, measured integer NOT NULL,
                PRIMARY KEY (sensor_id, hour)
            );
            """
            if not self._has_tables()
            else "SELECT 1"
        )

    @api.model
    def _has_tables(self):
        # asked first: CREATE ... IF NOT EXISTS locks what is there
        return bool(self.env.execute_query(SQL("SELECT to_regclass('med_temperature_hour') IS NOT NULL"))[0][0])

    @api.model
    def _make_partitions(self, months):
        """Make the partitions of these (year, month) that are not there."""
        for year, month in sorted(months):
            name = f"med_temperature_reading_{year}{month:02}"
            if self.env.execute_query(SQL("SELECT to_regclass(%s) IS NOT NULL", name))[0][0]:
                continue
            # two devices may come to a new month in the same second
            self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext('med_temperature_reading'))")
            first = to_seconds(datetime(year, month, 1))  # noqa: DTZ001 - naive is UTC here
            after = to_seconds(datetime(year + month // 12, month % 12 + 1, 1))  # noqa: DTZ001
            self.env.cr.execute(
                SQL(
                    "CREATE TABLE IF NOT EXISTS %s PARTITION OF med_temperature_reading FOR VALUES FROM (%s) TO (%s)",
                    SQL.identifier(name),
                    SQL(str(first)),
                    SQL(str(after)),
                )
            )

    @api.model
    def _cron_partitions(self):
        """This month and the next two, before anybody needs them."""
        year, month = month_of(to_seconds(self.env.cr.now()))
        months = [(year + (month + i - 1) // 12, (month + i - 1) % 12 + 1) for i in range(3)]
        self._make_partitions(months)

    # Writing -------------------------------------------------------------------------------

    @api.model
    def _ingest(self, batches, now):
        """Store readings and judge them, in one transaction: what is answered is safe once it is committed.

        :param dict batches: {sensor record: [Reading]} in any order; times in seconds UTC
        :param int now: seconds UTC by the server's clock
        :return: {"accepted": n, "duplicates": n, "conflicts": n, "refused": [{sensor, at, code}]}; a conflict is a
            time that is known with another value: the first one stays
        """
        sensors = self.env["med.temperature.sensor"].browse(sorted(sensor.id for sensor in batches))
        stored = self._lock_states(sensors)
        answer = {"accepted": 0, "duplicates": 0, "conflicts": 0, "refused": []}
        latest = now + int(SKEW.total_seconds())
        fresh, doubtful = {}, {}
        months = set()
        for sensor in sensors:
            rows = self._within(sensor, batches[sensor], latest, answer)
            if not rows:
                continue
            first, last = rows[0][0], rows[-1][0]
            months.add(month_of(first))
            if month_of(last) not in months:
                months.update(month_of(row[0]) for row in rows)
            seen = stored[sensor.id].seen
            # later than all that is stored: nobody can have sent it before
            (fresh if seen is None or first > seen else doubtful)[sensor.id] = rows
        self._make_partitions(months)
        self._copy("med_temperature_reading", fresh)
        new = fresh | self._insert_unknown(doubtful, answer)
        answer["accepted"] = sum(map(len, new.values()))
        self._judge(sensors, stored, new)
        return answer

    @api.model
    def _lock_states(self, sensors):
        """States of the sensors, theirs alone until the end of the transaction."""
        query = SQL(
            "SELECT sensor_id, data FROM med_temperature_state WHERE sensor_id = ANY(%s) ORDER BY sensor_id FOR UPDATE",
            sensors.ids,
        )
        rows = self.env.execute_query(query)
        if len(rows) < len(sensors):
            self.env.cr.execute(
                SQL(
                    "INSERT INTO med_temperature_state (sensor_id) SELECT unnest(%s) ON CONFLICT DO NOTHING",
                    sensors.ids,
                )
            )
            rows = self.env.execute_query(query)
        return {sensor_id: State.load(data) for sensor_id, data in rows}

    @api.model
    def _within(self, sensor, readings, latest, answer):
        """By time, each once, without what no clock can mean."""
        rows = sorted(readings, key=lambda reading: reading[0])
        if rows and (rows[-1][0] > latest or rows[0][0] < OLDEST):
            for at, _milli in rows:
                if not OLDEST <= at <= latest:
                    code = "time_future" if at > latest else "time_past"
                    answer["refused"].append({"sensor": sensor.serial, "at": at, "code": code})
            rows = [row for row in rows if OLDEST <= row[0] <= latest]
        times = {row[0] for row in rows}
        if len(times) == len(rows):
            return rows
        known = {}
        for row in rows:
            if row[0] in known:
                answer["duplicates" if known[row[0]][1] == row[1] else "conflicts"] += 1
            else:
                known[row[0]] = row
        return list(known.values())

    @api.model
    def _copy(self, table, rows_by_sensor):
        if not rows_by_sensor:
            return
        null = "\\N"
        text = "".join(
            [
                f"{at}\t{sensor_id}\t{null if milli is None else milli}\n"
                for sensor_id, rows in rows_by_sensor.items()
                for at, milli in rows
            ]
        )
        self.env.cr.copy_expert(f"COPY {table} (at, sensor_id, milli) FROM STDIN", io.StringIO(text))

    @api.model
    def _insert_unknown(self, rows_by_sensor, answer):
        """Insert what is not stored yet. Returns {sensor id: [(at, milli)]} of what is new."""
        if not rows_by_sensor:
            return {}
        self.env.cr.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS med_temperature_arrived (at bigint, sensor_id integer, milli integer)"
            " ON COMMIT DELETE ROWS; TRUNCATE med_temperature_arrived"
        )
        self._copy("med_temperature_arrived", rows_by_sensor)
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO med_temperature_reading (at, sensor_id, milli)"
                " SELECT at, sensor_id, milli FROM med_temperature_arrived"
                " ON CONFLICT (sensor_id, at) DO NOTHING RETURNING sensor_id, at, milli"
            )
        )
        conflicts = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM med_temperature_arrived new JOIN med_temperature_reading old"
                " ON old.sensor_id = new.sensor_id AND old.at = new.at"
                " WHERE old.milli IS DISTINCT FROM new.milli"
            )
        )[0][0]
        new = defaultdict(list)
        for sensor_id, at, milli in rows:
            new[sensor_id].append(Reading(at, milli))
        count = sum(map(len, rows_by_sensor.values()))
        answer["conflicts"] += conflicts
        answer["duplicates"] += count - len(rows) - conflicts
        return new

    # Judging -------------------------------------------------------------------------------

    @api.model
    def _judge(self, sensors, stored, new):
        """Continue the judgement of each sensor; write its state, and what became of its excursions."""
        terms = {equipment.id: self._terms_of(equipment) for equipment in sensors.equipment_id}
        states, points, judged_by_sensor, late = [], [], {}, {}
        for sensor in sensors:
            rows = new.get(sensor.id)
            if not rows:
                continue
            state = stored[sensor.id]
            mine = terms[sensor.equipment_id.id]
            first = min(row[0] for row in rows)
            if state.seen is None or first > state.seen:
                judged = judgement.fold(state, rows, mine)
            else:
                judged = judgement.absorb(
                    state,
                    self._checkpoint_before(sensor.id, first),
                    [Reading(*row) for row in rows],
                    lambda since, sensor_id=sensor.id: self._since(sensor_id, since),
                    mine,
                )
                late[sensor.id] = first - first % HOUR
            states.append((sensor.id, json.dumps(judged.state.dump())))
            points += [(sensor.id, point.at, json.dumps(point.state.dump())) for point in judged.checkpoints]
            if (
                judged.closed
                or judged.since is not None
                or judged.open
                or any(spell.alarm is not None for spell in state.open.values())
            ):
                judged_by_sensor[sensor] = judged
        self._write_states(states, points, late)
        if judged_by_sensor:
            self.env["med.temperature.excursion"]._follow(judged_by_sensor)

    @api.model
    def _terms_of(self, equipment):
        return equipment.med_profile_id._terms() if equipment.med_profile_id else NO_TERMS

    @api.model
    def _checkpoint_before(self, sensor_id, at):
        rows = self.env.execute_query(
            SQL(
                "SELECT at, data FROM med_temperature_checkpoint WHERE sensor_id = %s AND at <= %s"
                " ORDER BY at DESC LIMIT 1",
                sensor_id,
                at,
            )
        )
        return [Checkpoint(point, State.load(data)) for point, data in rows]

    @api.model
    def _since(self, sensor_id, at, until=None):
        """Readings at or after ``at`` by time, some thousands at once."""
        while True:
            rows = self.env.execute_query(
                SQL(
                    "SELECT at, milli FROM med_temperature_reading WHERE sensor_id = %s AND at >= %s AND at < %s"
                    " ORDER BY at LIMIT 50000",
                    sensor_id,
                    max(at, OLDEST),
                    until if until is not None else judgement.NEVER,
                )
            )
            yield from (Reading(*row) for row in rows)
            if len(rows) < 50_000:
                return
            at = rows[-1][0] + 1

    @api.model
    def _around(self, sensor_id, start, end):
        """Readings from the last before ``start`` to the first at or after ``end``, by time."""
        edges = self.env.execute_query(
            SQL(
                "SELECT (SELECT max(at) FROM med_temperature_reading WHERE sensor_id = %(sensor)s AND at <= %(start)s"
                " AND milli IS NOT NULL), (SELECT min(at) FROM med_temperature_reading WHERE sensor_id = %(sensor)s"
                " AND at >= %(end)s AND milli IS NOT NULL)",
                sensor=sensor_id,
                start=start,
                end=end,
            )
        )
        first, last = edges[0]
        return self._since(sensor_id, first if first is not None else start, (last if last is not None else end) + 1)

    @api.model
    def _write_states(self, states, points, late):
        if states:
            self.env.cr.execute(
                SQL(
                    "UPDATE med_temperature_state state SET data = new.data::jsonb"
                    " FROM unnest(%s::integer[], %s::text[]) AS new(id, data) WHERE state.sensor_id = new.id",
                    [row[0] for row in states],
                    [row[1] for row in states],
                )
            )
        if late:
            # hours that were summed up before this came are summed up again
            self.env.cr.execute(
                SQL(
                    "UPDATE med_temperature_state state SET summed = LEAST(summed, new.hour)"
                    " FROM unnest(%s::integer[], %s::bigint[]) AS new(id, hour) WHERE state.sensor_id = new.id",
                    list(late),
                    list(late.values()),
                )
            )
        if points:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO med_temperature_checkpoint (sensor_id, at, data)"
                    " SELECT * FROM unnest(%s::integer[], %s::bigint[], %s::jsonb[])"
                    " ON CONFLICT (sensor_id, at) DO UPDATE SET data = EXCLUDED.data",
                    [row[0] for row in points],
                    [row[1] for row in points],
                    [row[2] for row in points],
                )
            )

    # Curves --------------------------------------------------------------------------------

    @api.model
    def _sum_up(self, sensors):
        """Bring the hourly extremes up to date: all full hours, each from its readings, once."""
        self.env.cr.execute(
            SQL(
                """
                WITH due AS (
                    SELECT sensor_id, summed, (data->>2)::bigint / %(hour)s * %(hour)s AS until
                    FROM med_temperature_state
                    WHERE sensor_id = ANY(%(sensors)s) AND (data->>2)::bigint / %(hour)s * %(hour)s > summed
                ), sums AS (
                    INSERT INTO med_temperature_hour (sensor_id, hour, readings, lowest, highest, total, measured)
                    SELECT due.sensor_id, at / %(hour)s * %(hour)s, count(*), min(milli), max(milli), sum(milli),
                           count(milli)
                    FROM due JOIN med_temperature_reading reading
                      ON reading.sensor_id = due.sensor_id AND at >= due.summed AND at < due.until
                    GROUP BY 1, 2
                    ON CONFLICT (sensor_id, hour) DO UPDATE SET readings = EXCLUDED.readings,
                        lowest = EXCLUDED.lowest, highest = EXCLUDED.highest, total = EXCLUDED.total,
                        measured = EXCLUDED.measured
                )
                UPDATE med_temperature_state state SET summed = due.until
                FROM due WHERE due.sensor_id = state.sensor_id
                """,
                hour=HOUR,
                sensors=sensors.ids,
            )
        )

    @api.model
    def _cron_sum_up(self):
        for sensor in self.env["med.temperature.sensor"].with_context(active_test=False).search([]):
            self._sum_up(sensor)
            # one sensor with a year of arrears must not hold up the others
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _curve(self, sensor, start, end, points=1000):
        """The course of one sensor, drawn with at most about so many points.

        :param int start: seconds UTC
        :param int end: seconds UTC, not included
        :return: [[at, lowest, highest, mean]] in seconds and degrees Celsius, a bucket each; extremes are never lost.
            A bucket without a measured value has None.
        """
        step = max(1, -(-(end - start) // points))
        # a course of weeks is drawn from hours; what is not summed up yet, from readings
        if step < HOUR:
            return self._curve_rows(sensor, start, end, step)
        step = -(-step // HOUR) * HOUR
        summed = self.env.execute_query(SQL("SELECT summed FROM med_temperature_state WHERE sensor_id = %s", sensor.id))
        edge = min(end, summed[0][0]) if summed else start
        rows = self.env.execute_query(
            SQL(
                "SELECT hour / %(step)s * %(step)s AS bucket, min(lowest) / 1000.0::float, max(highest) / 1000.0::float,"
                " sum(total) / 1000.0::float / NULLIF(sum(measured), 0)"
                " FROM med_temperature_hour WHERE sensor_id = %(sensor)s AND hour >= %(start)s AND hour < %(edge)s"
                " GROUP BY 1 ORDER BY 1",
                step=step,
                sensor=sensor.id,
                start=start - start % HOUR,
                edge=edge,
            )
        )
        rest = self._curve_rows(sensor, max(start, edge), end, step) if edge < end else []
        return [[int(a), _number(b), _number(c), _number(d)] for a, b, c, d in rows] + rest

    @api.model
    def _curve_rows(self, sensor, start, end, step):
        rows = self.env.execute_query(
            SQL(
                "SELECT at / %(step)s * %(step)s AS bucket, min(milli) / 1000.0::float, max(milli) / 1000.0::float,"
                " avg(milli) / 1000.0::float FROM med_temperature_reading"
                " WHERE sensor_id = %(sensor)s AND at >= %(start)s AND at < %(end)s GROUP BY 1 ORDER BY 1",
                step=step,
                sensor=sensor.id,
                start=start,
                end=end,
            )
        )
        return [[int(a), _number(b), _number(c), _number(d)] for a, b, c, d in rows]


def _number(value):
    return None if value is None else round(float(value), 3)
