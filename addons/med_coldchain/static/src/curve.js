/* global luxon */

import { Component } from "@odoo/owl";
import { deserializeDateTime, serializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";

const { DateTime } = luxon;
const WIDTH = 900;
const HEIGHT = 280;
const LEFT = 46;
const BOTTOM = 26;
const TOP = 10;
const COLOURS = ["#0d6efd", "#6f42c1", "#20c997", "#fd7e14", "#d63384"];

/** The course of one equipment: from lowest to highest as a band, the mean as a line, limits and excursions. */
export class Curve extends Component {
    static template = "med_coldchain.Curve";
    static props = { course: Object, start: Number, end: Number, onExcursion: Function };

    get frame() {
        return {
            view: `0 0 ${WIDTH} ${HEIGHT}`,
            left: LEFT,
            right: WIDTH - 4,
            top: TOP,
            bottom: HEIGHT - BOTTOM,
        };
    }

    /** Whole degrees from below the coldest to above the warmest of readings and limits. */
    get degrees() {
        const { low, high, sensors } = this.props.course;
        const values = sensors.flatMap(({ rows }) => rows.flatMap((row) => [row[1], row[2]]));
        const known = [...values, low, high].filter((value) => value !== null);
        const least = known.length ? Math.min(...known) : 0;
        const most = known.length ? Math.max(...known) : 10;
        return { least: Math.floor(least - 1), most: Math.ceil(most + 1) };
    }

    x(at) {
        const { start, end } = this.props;
        const { left, right } = this.frame;
        const share = (at - start) / (end - start);
        return left + Math.min(1, Math.max(0, share)) * (right - left);
    }

    y(celsius) {
        const { least, most } = this.degrees;
        const { top, bottom } = this.frame;
        return bottom - ((celsius - least) / (most - least)) * (bottom - top);
    }

    /** Runs of buckets that follow each other: across a gap nothing is drawn. */
    runs(rows) {
        const runs = [];
        const steps = rows
            .slice(1)
            .map((row, i) => row[0] - rows[i][0])
            .sort((a, b) => a - b);
        const usual = steps[Math.floor(steps.length / 2)] || 1;
        let last = null;
        for (const row of rows) {
            if (row[3] === null) {
                last = null;
                continue;
            }
            if (last === null || row[0] - last > 3 * usual) {
                runs.push([]);
            }
            runs.at(-1).push(row);
            last = row[0];
        }
        return runs;
    }

    get lines() {
        return this.props.course.sensors.flatMap((sensor, n) =>
            this.runs(sensor.rows).map((run) => ({
                colour: COLOURS[n % COLOURS.length],
                mean: run.map((row) => `${this.x(row[0])},${this.y(row[3])}`).join(" "),
                band: [
                    ...run.map((row) => `${this.x(row[0])},${this.y(row[2])}`),
                    ...run.toReversed().map((row) => `${this.x(row[0])},${this.y(row[1])}`),
                ].join(" "),
            }))
        );
    }

    get legend() {
        return this.props.course.sensors.map((sensor, n) => ({
            name: sensor.name,
            colour: COLOURS[n % COLOURS.length],
        }));
    }

    get scale() {
        const { least, most } = this.degrees;
        const step = [1, 2, 5, 10, 20, 50].find((size) => (most - least) / size <= 8) || 100;
        const ticks = [];
        for (let value = Math.ceil(least / step) * step; value <= most; value += step) {
            ticks.push({ y: this.y(value), text: formatFloat(value, { digits: [16, 0] }) });
        }
        return ticks;
    }

    get times() {
        const { start, end } = this.props;
        const format =
            end - start > 3 * 86400 ? { month: "short", day: "numeric" } : DateTime.TIME_SIMPLE;
        return [0, 1, 2, 3, 4, 5, 6].map((n) => {
            const at = start + (n * (end - start)) / 6;
            return {
                x: this.x(at),
                anchor: n === 0 ? "start" : n === 6 ? "end" : "middle",
                text: DateTime.fromSeconds(at).toLocaleString(format),
            };
        });
    }

    get limits() {
        const { low, high } = this.props.course;
        return [low, high].filter((value) => value !== null).map((value) => this.y(value));
    }

    get excursions() {
        return this.props.course.excursions.map((excursion) => {
            const x = this.x(excursion.start);
            const until = this.x(excursion.end ?? this.props.end);
            return { ...excursion, x, width: Math.max(3, until - x) };
        });
    }

    when(at) {
        return formatDateTime(deserializeDateTime(serializeDateTime(DateTime.fromSeconds(at))));
    }
}
