"""Reminders before expiry: to the right person, none lost while the job slept, none twice."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .common import GTIN, MedMasterDataCase

END = date(2027, 6, 30)


@tagged("post_install", "-at_install")
class TestExpiryReminder(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.env["med.expiry.reminder"].search([]).active = False
        cls.env.company.med_quality_user_id = cls.quality
        cls.month = cls.rule(30, "Ask again")
        cls.quarter = cls.rule(90, "Ask")
        cls.partner = cls.env["res.partner"].create({"name": "Hospital"})
        cls.licence = cls.make_licence("L-1")

    @classmethod
    def rule(cls, amount, name, document="med.partner.licence", unit="day", **values):
        values |= {"document": document, "amount": amount, "unit": unit, "name": name}
        return cls.env["med.expiry.reminder"].create(values)

    @classmethod
    def make_licence(cls, number, end=END, **values):
        values = {"partner_id": cls.partner.id, "kind": "distribution", "number": number, "valid_to": end, **values}
        return cls.env["med.partner.licence"].create(values)

    def run_on(self, day):
        with freeze_time(f"{day} 02:00:00"):
            self.env["med.expiry.reminder"]._cron_remind()

    def told(self, document=None):
        document = document or self.licence
        domain = [("model", "=", document._name), ("res_id", "=", document.id)]
        return self.env["med.expiry.reminder.sent"].search(domain)

    def test_told_on_the_day_and_not_before(self):
        self.run_on(END - timedelta(days=91))
        self.assertFalse(self.licence.activity_ids)
        self.run_on(END - timedelta(days=90))
        activity = self.licence.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline, activity.summary), (self.quality, END, "Ask"))
        self.assertIn("L-1", activity.note)

    def test_a_week_of_sleep_loses_nothing(self):
        self.run_on(END - timedelta(days=95))
        other = self.make_licence("L-2", END + timedelta(days=3), kind="production")
        self.run_on(END - timedelta(days=86))
        self.assertTrue(self.licence.activity_ids)
        self.assertTrue(other.activity_ids)

    def test_none_twice(self):
        for days in (90, 90, 89, 60):
            self.run_on(END - timedelta(days=days))
        self.assertEqual(len(self.licence.activity_ids), 1)
        self.assertEqual(len(self.told()), 1)
        self.licence.activity_ids.action_feedback()
        self.run_on(END - timedelta(days=50))
        self.assertFalse(self.licence.activity_ids)

    def test_the_next_step_sharpens_the_open_to_do(self):
        self.run_on(END - timedelta(days=90))
        self.run_on(END - timedelta(days=30))
        self.assertEqual(self.licence.activity_ids.mapped("summary"), ["Ask again"])
        self.assertEqual(self.told().reminder_id, self.month | self.quarter)

    def test_asleep_over_two_steps_tells_the_more_urgent_once(self):
        self.run_on(END + timedelta(days=40))
        self.assertEqual(self.licence.activity_ids.mapped("summary"), ["Ask again"])
        self.assertEqual(len(self.told()), 2)
        self.run_on(END + timedelta(days=41))
        self.assertEqual(len(self.licence.activity_ids), 1)

    def test_a_renewal_is_told_of_again(self):
        self.run_on(END - timedelta(days=90))
        self.licence.activity_ids.action_feedback()
        later = END + timedelta(days=1825)
        self.licence.valid_to = later
        self.run_on(later - timedelta(days=91))
        self.assertFalse(self.licence.activity_ids)
        self.run_on(later - timedelta(days=88))
        self.assertEqual(len(self.licence.activity_ids), 1)

    def test_what_is_renewed_or_archived_is_quiet(self):
        self.make_licence("L-2", END + timedelta(days=1825), valid_from=END)
        archived = self.make_licence("L-3", kind="production", active=False)
        self.run_on(END - timedelta(days=30))
        self.assertFalse(self.licence.activity_ids)
        self.assertFalse(archived.activity_ids)

    def test_the_right_person(self):
        responsible, named = (
            new_test_user(self.env, login=f"md_r{n}", groups="med_master_data.group_med_quality") for n in (1, 2)
        )
        self.licence.responsible_id = responsible
        other = self.make_licence("L-2", kind="production")
        self.quarter.user_id = named
        self.run_on(END - timedelta(days=90))
        self.assertEqual(self.licence.activity_ids.user_id, responsible)
        self.assertEqual(other.activity_ids.user_id, named)

    def test_nobody_there_is_not_told_and_not_forgotten(self):
        self.env.company.med_quality_user_id = False
        members = self.env.ref("med_master_data.group_med_quality").all_user_ids.filtered("active")
        self.env.cr.execute("UPDATE res_users SET active = FALSE WHERE id = ANY(%s)", [members.ids])
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.med_master_data.models.med_expiry_reminder", "WARNING"):
            self.run_on(END - timedelta(days=90))
        self.assertFalse(self.told())
        self.env.cr.execute("UPDATE res_users SET active = TRUE WHERE id = ANY(%s)", [members.ids])
        self.env.invalidate_all()
        self.run_on(END - timedelta(days=80))
        self.assertTrue(self.licence.activity_ids)

    def test_certificates_and_persons(self):
        template = self.make_device(di=GTIN).product_tmpl_id
        certificate = self.env["med.registration.certificate"].create(
            {"number": "国械注准20233130001", "valid_to": END, "product_tmpl_ids": template.ids}
        )
        person = self.env["med.authorised.person"].create(
            {"partner_id": self.partner.id, "name": "Ms Li", "valid_to": END}
        )
        self.rule(6, "File", "med.registration.certificate:registration", "month")
        self.rule(30, "Letter", "med.authorised.person")
        self.run_on(date(2026, 12, 29))
        self.assertFalse(certificate.activity_ids)
        self.run_on(date(2026, 12, 30))
        self.assertEqual(certificate.activity_ids.summary, "File")
        self.run_on(END)
        self.assertEqual(person.activity_ids.summary, "Letter")

    def test_next_step_is_shown_on_the_document(self):
        with freeze_time("2027-01-01"):
            self.assertIn("Ask", self.licence.next_step)
            self.assertIn("04/01/2027", self.licence.next_step)

    def test_an_impossible_time_is_refused(self):
        with self.assertRaises(ValidationError):
            self.month.amount = -1
