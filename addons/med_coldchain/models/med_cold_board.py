"""What the board shows: rooms, vehicles, boxes and loggers with their temperatures now, and their course."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.readings import to_instant, to_seconds

# A course longer than this is asked for by nobody; it bounds what one call reads.
LONGEST = 5 * 366 * 86_400
ORDER = {"out": 0, "failed": 1, "silent": 2, "none": 3, "good": 4}


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    @api.model
    def med_board(self):
        """Everything that is watched, what needs somebody first.

        :return: JSON, instants in seconds UTC, temperatures in degrees Celsius: [{id, name, kind, status, low, high,
            qualified, excursions, sensors: [{id, name, status, at, celsius}]}]
        """
        self.check_access("read")
        equipment = self.search([("med_kind", "!=", False), ("company_id", "in", [False, *self.env.companies.ids])])
        sensors = equipment.med_sensor_ids
        states = sensors._states()
        now = fields.Datetime.now()
        kinds = dict(self._fields["med_kind"]._description_selection(self.env))
        rows = []
        for tool in equipment:
            shown = [tool._med_board_sensor(sensor, states.get(sensor.id), now) for sensor in tool.med_sensor_ids]
            kept = tool.med_profile_id._range() if tool.med_profile_id else (None, None)
            rows.append(
                {
                    "id": tool.id,
                    "name": tool.name,
                    "kind": kinds[tool.med_kind],
                    "status": min((s["status"] for s in shown), key=ORDER.get, default="none"),
                    "low": kept[0],
                    "high": kept[1],
                    "qualified": tool.med_is_qualified,
                    "excursions": tool.med_open_excursions,
                    "sensors": shown,
                }
            )
        return sorted(rows, key=lambda row: (not row["excursions"], ORDER[row["status"]], row["name"]))

    def _med_board_sensor(self, sensor, state, now):
        has_value = state is not None and state.last is not None
        return {
            "id": sensor.id,
            "name": sensor.name,
            "status": sensor._status(state, now) if state is not None else "none",
            "at": state.last if has_value else None,
            "celsius": state.value / 1000 if has_value else None,
        }

    def med_curve(self, start, end, points=600):
        """The course of this one equipment.

        :param int start: seconds UTC
        :param int end: seconds UTC, not included
        :param int points: about how many to draw at most; the extremes are never lost
        :return: JSON: {name, low, high, sensors: [{name, rows: [[at, lowest, highest, mean]]}], excursions:
            [{id, kind, start, end, state}]}
        :raises UserError: no such time
        """
        self.ensure_one()
        self.check_access("read")
        if not 0 < end - start <= LONGEST:
            raise UserError(self.env._("Choose a time that ends after it begins, five years at most."))
        readings = self.env["med.temperature.reading"]
        kept = self.med_profile_id._range() if self.med_profile_id else (None, None)
        kinds = dict(self.env["med.temperature.excursion"]._fields["kind"]._description_selection(self.env))
        excursions = self.env["med.temperature.excursion"].search(
            [
                ("equipment_id", "=", self.id),
                ("state", "!=", "withdrawn"),
                ("start", "<", to_instant(end)),
                "|",
                ("end", "=", False),
                ("end", ">", to_instant(start)),
            ],
            limit=200,
        )
        return {
            "name": self.name,
            "low": kept[0],
            "high": kept[1],
            "sensors": [
                {"name": sensor.name, "rows": readings._curve(sensor, start, end, max(10, min(points, 5000)))}
                for sensor in self.with_context(active_test=False).med_sensor_ids
            ],
            "excursions": [
                {
                    "id": excursion.id,
                    "kind": kinds[excursion.kind],
                    "start": to_seconds(excursion.start),
                    "end": to_seconds(excursion.end) if excursion.end else None,
                    "state": excursion.state,
                }
                for excursion in excursions
            ],
        }
