from odoo import fields
from odoo.tests import TransactionCase, new_test_user

from ..lib.readings import Reading, to_instant, to_seconds


class ColdCase(TransactionCase):
    """A cold room with one sensor, its sending device, and people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env["med.storage.profile"].create(
            {
                "name": "2-8",
                "has_min": True,
                "min_temp": 2,
                "has_max": True,
                "max_temp": 8,
                "low_delay": 10,
                "high_delay": 15,
                "is_freeze_sensitive": True,
                "gap_minutes": 60,
                "band_ids": [(0, 0, {"low_temp": 8, "high_temp": 15, "minutes": 120})],
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.place = cls.env["stock.location"].create(
            {"name": "Cold room", "location_id": cls.warehouse.lot_stock_id.id, "usage": "internal"}
        )
        cls.room = cls.env["maintenance.equipment"].create(
            {
                "name": "Cold room 1",
                "med_kind": "room",
                "med_profile_id": cls.profile.id,
                "location_id": cls.place.id,
                "company_id": cls.env.company.id,
            }
        )
        cls.device = cls.env["med.temperature.device"].create({"name": "Gateway", "serial": "GW-1"})
        cls.sensor = cls.env["med.temperature.sensor"].create(
            {"name": "Door", "serial": "S-1", "equipment_id": cls.room.id, "device_id": cls.device.id}
        )
        cls.readings = cls.env["med.temperature.reading"]
        cls.quality = new_test_user(
            cls.env, "cold_quality", groups="med_master_data.group_med_quality,stock.group_stock_user"
        )
        cls.picker = new_test_user(cls.env, "cold_picker", groups="stock.group_stock_user")
        # a quiet day of the past, at its full hour
        cls.base = to_seconds(fields.Datetime.now()) // 86_400 * 86_400 - 5 * 86_400

    def course(self, *celsius, start=0, step=300):
        """Readings every five minutes, ``start`` seconds after the base."""
        return [
            Reading(self.base + start + i * step, None if c is None else round(1000 * c)) for i, c in enumerate(celsius)
        ]

    def send(self, rows, sensor=None):
        return self.readings._ingest({sensor or self.sensor: rows}, to_seconds(fields.Datetime.now()))

    def excursions(self, sensor=None):
        found = self.env["med.temperature.excursion"].search(
            [("sensor_id", "=", (sensor or self.sensor).id)], order="start, kind"
        )
        return [(e.kind, self.since(e.start), e.end and self.since(e.end), e.state) for e in found]

    def since(self, instant):
        return to_seconds(instant) - self.base

    def at(self, seconds):
        return to_instant(self.base + seconds)

    def stored(self, sensor=None):
        self.env.cr.execute(
            "SELECT at, milli FROM med_temperature_reading WHERE sensor_id = %s ORDER BY at",
            [(sensor or self.sensor).id],
        )
        return [Reading(*row) for row in self.env.cr.fetchall()]
