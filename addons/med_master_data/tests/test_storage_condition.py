from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import MedMasterDataCase


@tagged("post_install", "-at_install")
class TestStorageCondition(MedMasterDataCase):
    def test_shipped_conditions(self):
        limits = {
            name: self.env.ref(f"med_master_data.{name}")._limits()
            for name in ("storage_2_8", "storage_max_25", "storage_max_minus_70", "storage_any")
        }
        self.assertEqual(limits["storage_2_8"], (2.0, 8.0))
        self.assertEqual(limits["storage_max_25"], (None, 25.0))
        self.assertEqual(limits["storage_max_minus_70"], (None, -70.0))
        self.assertEqual(limits["storage_any"], (None, None))

    def test_limits_are_unique_whatever_an_idle_field_holds(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["med.storage.condition"].create(
                {"name": "x", "has_min": False, "min_temp": 7, "has_max": True, "max_temp": 25}
            )

    def test_lower_above_upper_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["med.storage.condition"].create(
                {"name": "x", "has_min": True, "min_temp": 9, "has_max": True, "max_temp": 8.5}
            )

    def test_find_or_create(self):
        found = self.env["med.storage.condition"]._find_or_create([(2.0, 8.0), (3.5, None), (3.5, None)])
        self.assertEqual(found[2.0, 8.0], self.env.ref("med_master_data.storage_2_8"))
        self.assertEqual(found[3.5, None].name, "At least 3.5 °C")
        self.assertEqual(
            self.env["med.storage.condition"]._find_or_create([(3.5, None)])[3.5, None],
            found[3.5, None],
        )
