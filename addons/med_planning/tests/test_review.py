"""A quarter reviewed: measured, compared, signed, followed up."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..models.med_planning_demo import load
from .common import PlanningCase


@tagged("post_install", "-at_install")
class TestReview(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._user("boss", "med_master_data.group_med_supervisor")

    def review(self, **values):
        return self.env["med.periodic.review"].with_user(self.quality).create(values)

    def figure(self, review, code):
        return review.figure_ids.filtered(lambda one: one.code == code)

    def test_figures_of_the_last_quarter_are_measured_and_frozen(self):
        review = self.review()
        day = review.date_from + timedelta(days=20)
        load(self.env, [self.row(self.device, day, 80), self.row(self.device, day, 4, back=True)])
        load(self.env, [self.row(self.device, review.date_to + timedelta(days=1), 999)])
        review.action_freeze()
        self.assertAlmostEqual(self.figure(review, "returned").value, 5)
        self.assertEqual(self.figure(review, "returned").shown, "5.0 %")
        self.assertEqual(self.figure(review, "supplier_late").shown, "–")
        load(self.env, [self.row(self.device, day, 4, back=True)])
        self.assertAlmostEqual(self.figure(review, "returned").value, 5)

    def test_the_next_review_stands_beside_the_last_with_its_goals(self):
        first = self.review(date_from="2024-01-01", date_to="2024-03-31")
        load(
            self.env, [self.row(self.device, first.date_from, 50), self.row(self.device, first.date_from, 5, back=True)]
        )
        first.action_freeze()
        self.figure(first, "returned").write({"goal": 4, "has_goal": True})
        self.assertEqual(self.figure(first, "returned").verdict, "missed")
        first.action_ids = [Command.create({"name": "Train", "owner_id": self.boss.id, "due_date": "2024-05-01"})]
        second = self.review(date_from="2024-04-01", date_to="2024-06-30")
        load(
            self.env,
            [self.row(self.device, second.date_from, 50), self.row(self.device, second.date_from, 1, back=True)],
        )
        second.action_freeze()
        figure = self.figure(second, "returned")
        self.assertEqual((second.previous_id, figure.before, figure.goal, figure.verdict), (first, 10, 4, "met"))
        self.assertEqual(second.followed_ids.name, "Train")
        self.assertEqual(self.figure(second, "deliveries").verdict, "even")

    def test_signed_it_stays_but_its_actions_go_on(self):
        review = self.review(conclusion="Good")
        with self.assertRaisesRegex(UserError, "Take the figures"):
            review._sign("prepared", self.credential)
        review.action_freeze()
        review.finding_ids = [Command.create({"area": "training", "name": "New pickers guess"})]
        review.action_ids = [Command.create({"name": "Train", "due_date": fields.Date.today()})]
        review._sign("prepared", self.credential)
        review.with_user(self.boss)._sign("approved", self.credential)
        self.assertEqual(set(review.signature_ids.mapped("meaning")), {"prepared", "approved"})
        self.assertFalse(any(review.signature_ids.mapped("is_void")))
        with self.assertRaisesRegex(UserError, "signed already"):
            review._sign("prepared", self.credential)
        for change in (
            lambda: review.write({"conclusion": "Better"}),
            lambda: review.action_freeze(),
            lambda: self.figure(review, "on_time").write({"goal": 1}),
            lambda: review.finding_ids.write({"name": "Nothing"}),
            lambda: review.finding_ids.unlink(),
            lambda: review.action_ids.write({"due_date": "2030-01-01"}),
            lambda: review.write({"action_ids": [Command.create({"name": "More", "due_date": "2030-01-01"})]}),
        ):
            with self.assertRaisesRegex(UserError, "stays as it was signed"), self.env.cr.savepoint():
                change()
        with self.assertRaisesRegex(ValidationError, "what it brought"):
            review.action_ids.done_on = fields.Date.today()
        review.action_ids.write({"done_on": fields.Date.today(), "result": "Nobody guesses"})
        self.assertFalse(review.action_ids.is_late)
        self.assertFalse(any(review.signature_ids.mapped("is_void")))

    def test_remarks_from_the_floor_are_answered_in_the_next_review(self):
        remark = self.env["med.floor.feedback"].with_user(self.picker).create({"name": "The label hides the lot"})
        review = self.review()
        review.action_freeze()
        self.assertEqual(remark.review_id, review)
        self.assertEqual(review.feedback_ids, remark)

    def test_a_review_is_prepared_once_a_quarter(self):
        self.env["res.company"].search([("id", "!=", self.company.id)]).med_review_months = 0
        reviews = self.env["med.periodic.review"]
        reviews._cron_prepare()
        reviews._cron_prepare()
        review = reviews.search([])
        self.assertEqual(len(review), 1)
        self.assertTrue(review.frozen_at)
        self.assertEqual((review.date_from.day, (review.date_from.month - 1) % 3), (1, 0))

    def test_it_prints(self):
        review = self.review(conclusion="A good quarter")
        review.action_freeze()
        html = self.env["ir.actions.report"]._render_qweb_html("med_planning.report_periodic_review", review.ids)[0]
        self.assertIn("A good quarter", html.decode())
        self.assertIn("Receipts that came late", html.decode())

    def test_rights(self):
        review = self.review()
        review.action_freeze()
        with self.assertRaises(AccessError):
            review.with_user(self.picker).conclusion = "Mine"
        with self.assertRaisesRegex(UserError, "only their goals"):
            self.figure(review, "on_time").value = 100
        with self.assertRaises(AccessError):
            review.with_user(self.planner)._sign("prepared", self.credential)
