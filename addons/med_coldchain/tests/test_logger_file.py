import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ColdCase

Q_TAG = """Device: Q-tag CLm doc LR
Conf:
 Serial: S-1
 MKT Energy: 83.0
 Logging Interval: 10
 Alarm:
  1:
   Type: 2, T AL: 8.0, t AL: 30
Res:
 TS Start: 2026-10-25 01:30
 TS Stop: 2026-10-25 03:30
 MKT: 5.1
 Alarm:
Data:
\tyyyy-MM-dd hh:mm\tT\tOut of limits
\t2026-10-25 01:30\t5.0\t
\t2026-10-25 02:30\t5.2\t
\t2026-10-25 03:30\t5.1\t
"""
DAYS = """Device: Q-tag Fridge-tag 2
Conf:
 Serial: S-1
 Temp unit: C
Hist:
 TS Actv: 2026-11-01 08:00
 TS Report Creation: 2026-11-02 09:30
 1:
  Date: 2026-11-02
  Min T: +2.4, TS Min T: 05:10
  Max T: ---, TS Max T: ---
  Alarm:
   1:
    t Acc: 14, TS A: 07:42
"""


@tagged("post_install", "-at_install")
class TestLoggerFile(ColdCase):
    def load(self, text, **values):
        wizard = (
            self.env["med.logger.import"]
            .with_user(self.picker)
            .create({"file": base64.b64encode(text.encode()), "filename": "run.txt", "zone": "Europe/Berlin", **values})
        )
        return self.env["med.logger.file"].browse(wizard.action_import()["res_id"])

    def test_a_file_becomes_readings_and_is_kept_as_it_came(self):
        record = self.load(Q_TAG)
        self.assertEqual(record.attachment_id.raw, Q_TAG.encode())
        self.assertEqual((record.count, record.accepted, record.kind, record.printed_mkt), (3, 3, "q_tag", 5.1))
        self.assertAlmostEqual(record.computed_mkt, 5.1, 1)
        # summer time until 01:00 UTC; nobody changed the clock of the logger
        self.assertEqual([str(record.started), str(record.read_out)], ["2026-10-24 23:30:00", "2026-10-25 01:30:00"])
        self.assertEqual([row.milli for row in self.stored()], [5000, 5200, 5100])
        event = self.env["med.evidence.event"].search([("kind", "=", "logger.imported"), ("res_id", "=", record.id)])
        self.assertEqual(len(event), 1)

    def test_a_clock_on_the_wall_is_read_as_one(self):
        record = self.load(Q_TAG, clock="wall")
        self.assertEqual([str(record.started), str(record.read_out)], ["2026-10-24 23:30:00", "2026-10-25 02:30:00"])

    def test_the_same_file_is_imported_once(self):
        self.load(Q_TAG)
        with self.assertRaisesRegex(UserError, "imported already"):
            self.load(Q_TAG)

    def test_an_overlapping_file_says_so(self):
        self.load(Q_TAG)
        second = self.load(Q_TAG.replace("03:30\t5.1", "03:30\t5.9").replace("\t2026-10-25 01:30\t5.0\t\n", ""))
        self.assertEqual((second.accepted, second.duplicates, second.conflicts), (0, 1, 1))
        self.assertEqual(len(self.stored()), 3)

    def test_a_damaged_or_foreign_file_says_what_and_where(self):
        for text, words in (
            (Q_TAG.replace("5.2", "five"), r"Line 17: “five” is no temperature"),
            (Q_TAG.replace("S-1", "X-9"), "X-9 .*nobody has registered"),
            ("%PDF-1.4", "printed report"),
            ("Hello", "no known logger"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.load(text)
        other = self.room.copy({"name": "Box"})
        with self.assertRaisesRegex(UserError, "belongs to Cold room 1 and not to Box"):
            self.load(Q_TAG, equipment_id=other.id)
        with self.assertRaisesRegex(UserError, "time zone"):
            self.load(Q_TAG, zone=False)
        self.assertEqual(self.stored(), [])
        self.assertFalse(self.env["med.logger.file"].search([]))

    def test_days_are_kept_as_days(self):
        record = self.load(DAYS)
        day = record.day_ids
        self.assertEqual((day.lowest, day.is_measured, day.minutes_out, day.alarm_at), (2.4, False, 14, "07:42"))
        self.assertEqual(record.count, 0)

    def test_columns_of_an_unknown_table_are_named(self):
        table = "what;when;how warm\n1;03.04.2026 08:00;41,0\n2;03.04.2026 08:05;41,9\n"
        named = {
            "is_table": True,
            "separator": ";",
            "time_column": 2,
            "value_column": 3,
            "unit": "F",
            "decimal_mark": ",",
            "table_serial": "S-1",
        }
        with self.assertRaisesRegex(UserError, "order of the date"):
            self.load(table, **named)
        self.load(table, date_order="dmy", **named)
        self.assertEqual([row.milli for row in self.stored()], [5000, 5500])

    def test_nobody_deletes_a_file(self):
        with self.assertRaisesRegex(UserError, "evidence"):
            self.load(Q_TAG).unlink()
