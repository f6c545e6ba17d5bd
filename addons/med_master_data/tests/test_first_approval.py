"""First approval: two people, what they signed stays, and a decisive change ends it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import GTIN, MedMasterDataCase

PASSWORD = "correct horse battery"
CREDENTIAL = {"type": "password", "password": PASSWORD}


class FirstApprovalCase(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))

        def user(login, group):
            return new_test_user(cls.env, login=login, groups=f"med_master_data.{group}", password=PASSWORD)

        cls.buyer = user("fa_buyer", "group_med_purchasing")
        cls.head = user("fa_head", "group_med_quality_head")
        cls.other_head = user("fa_head_2", "group_med_quality_head")
        cls.device = cls.make_device(di=GTIN, med_device_class="III")
        cls.template = cls.device.product_tmpl_id
        cls.certificate = cls.env["med.registration.certificate"].create(
            {
                "number": "国械注准20233130001",
                "device_class": "III",
                "valid_to": fields.Date.today() + timedelta(days=900),
                "product_tmpl_ids": cls.template.ids,
            }
        )
        cls.supplier = cls.env["res.partner"].create({"name": "Maker Ltd", "is_company": True})
        cls.licence = cls.env["med.partner.licence"].create(
            {
                "partner_id": cls.supplier.id,
                "kind": "production",
                "number": "P-1",
                "scope_class_3": True,
                "valid_to": fields.Date.today() + timedelta(days=900),
            }
        )

    def propose(self, role="product", user=None, **values):
        subject = {"product_tmpl_id": self.template.id} if role == "product" else {"partner_id": self.supplier.id}
        approvals = self.env["med.first.approval"].with_user(user or self.buyer)
        approval = approvals.create({"role": role, **subject, **values})
        approval.document_ids.reference = "folder 7"
        return approval

    def sign(self, approval, meaning, user):
        return approval.with_user(user)._sign(meaning, CREDENTIAL)

    def approve(self, role="product"):
        approval = self.propose(role)
        self.sign(approval, "propose", self.buyer)
        self.sign(approval, "approve", self.head)
        return approval


@tagged("post_install", "-at_install")
class TestFirstApproval(FirstApprovalCase):
    def test_two_people_sign_and_the_product_says_so(self):
        approval = self.propose()
        self.assertFalse(approval.problems)
        self.sign(approval, "propose", self.buyer)
        self.assertEqual(approval.state, "proposed")
        self.assertFalse(self.template._med_is_approved("product", self.env.company))
        self.sign(approval, "approve", self.head)
        self.assertEqual((approval.state, approval.approved_by_id), ("approved", self.head))
        self.assertTrue(self.template._med_is_approved("product", self.env.company))
        self.assertEqual(self.template.med_first_approval_state, "approved")
        self.assertEqual(approval.signature_ids.mapped("is_void"), [False, False])

    def test_who_proposed_does_not_approve(self):
        approval = self.propose(user=self.head)
        self.sign(approval, "propose", self.head)
        with self.assertRaisesRegex(UserError, "second person"):
            self.sign(approval, "approve", self.head)
        self.sign(approval, "approve", self.other_head)
        self.assertEqual(approval.state, "approved")

    def test_only_purchasing_and_quality_propose_and_only_the_head_decides(self):
        approval = self.propose()
        with self.assertRaises(UserError):
            self.sign(approval, "propose", self.picker)
        self.sign(approval, "propose", self.buyer)
        with self.assertRaisesRegex(UserError, "quality head"):
            self.sign(approval, "approve", self.buyer)
        with self.assertRaisesRegex(UserError, "quality head"):
            self.sign(approval, "approve", self.quality)

    def test_nobody_writes_what_is_signed(self):
        with self.assertRaises(AccessError):
            self.template.with_user(self.quality).med_approved_as = f",product:{self.env.company.id},"
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.quality).create({"name": "X", "med_approved_as": ",supplier:1,"})
        approval = self.propose()
        with self.assertRaises(UserError):
            approval.state = "approved"
        self.sign(approval, "propose", self.buyer)
        with self.assertRaises(UserError):
            approval.note = "something else"
        with self.assertRaises(UserError):
            approval.document_ids[0].reference = "nowhere"
        with self.assertRaises(UserError):
            approval.document_ids[0].unlink()
        created = self.env["med.first.approval"].with_user(self.head)
        forged = created.create({"role": "supplier", "partner_id": self.supplier.id, "state": "approved"})
        self.assertEqual(forged.state, "draft")

    def test_what_is_missing_is_told_before(self):
        self.certificate.active = False
        approval = self.propose()
        approval.document_ids[0].reference = False
        self.assertIn("certificate", approval.problems)
        self.assertIn("scan", approval.problems)
        with self.assertRaisesRegex(UserError, "certificate"):
            self.sign(approval, "propose", self.buyer)
        self.licence.valid_to = fields.Date.today() - timedelta(days=1)
        self.assertIn("licence", self.propose("supplier").problems)

    def test_a_change_after_the_proposal_is_not_approved_unseen(self):
        approval = self.propose()
        self.sign(approval, "propose", self.buyer)
        self.template.med_device_class = "II"
        with self.assertRaisesRegex(UserError, "has changed"):
            self.sign(approval, "approve", self.head)
        self.sign(approval, "reject", self.head)
        self.assertEqual(approval.state, "rejected")

    def test_a_decisive_change_ends_the_version_and_keeps_the_past(self):
        approval = self.approve()
        before = fields.Datetime.now()
        self.env.cr.execute("UPDATE med_first_approval SET approved_at = %s", [before - timedelta(days=30)])
        approval.invalidate_recordset()
        self.template.list_price = 9
        self.template.med_device_class = "III"
        self.assertEqual(approval.state, "approved")
        self.template.med_device_class = "II"
        self.assertEqual(approval.state, "ended")
        self.assertIn("Device class", approval.ended_reason)
        self.assertFalse(self.template.med_approved_as)
        self.assertEqual(approval.signature_ids.mapped("is_void"), [False, False])
        company, approvals = self.env.company, self.env["med.first.approval"]
        day = before - timedelta(days=10)
        self.assertEqual(approvals._approved_at(self.template, "product", company, day), approval)
        later = fields.Datetime.now() + timedelta(days=1)
        self.assertFalse(approvals._approved_at(self.template, "product", company, later))
        second = self.approve()
        self.assertEqual(second.version, 2)
        self.assertTrue(self.template._med_is_approved("product", company))

    def test_a_renewal_is_not_decisive_a_changed_scope_is(self):
        approval = self.approve("supplier")
        self.licence.copy({"number": "P-2"})
        self.licence.valid_to = fields.Date.today() + timedelta(days=1800)
        self.supplier.email = "a@example.com"
        self.assertEqual(approval.state, "approved")
        self.licence.scope_class_2 = True
        self.assertEqual(approval.state, "ended")
        self.assertFalse(self.supplier._med_is_approved("supplier", self.env.company))

    def test_roles_and_companies_stand_alone(self):
        self.approve("supplier")
        other = self.env["res.company"].create({"name": "Other"})
        self.assertTrue(self.supplier._med_is_approved("supplier", self.env.company))
        self.assertFalse(self.supplier._med_is_approved("supplier", other))
        self.assertFalse(self.supplier._med_is_approved("customer", self.env.company))

    def test_withdrawn_and_replaced(self):
        first = self.approve()
        second = self.env["med.first.approval"].browse(first.with_user(self.buyer).action_new_version()["res_id"])
        self.assertEqual((second.version, second.state), (2, "draft"))
        self.assertTrue(all(second.document_ids.mapped("is_there")))
        self.sign(second, "propose", self.buyer)
        self.sign(second, "approve", self.other_head)
        self.assertEqual((first.state, second.state), ("ended", "approved"))
        self.sign(second, "withdraw", self.head)
        self.assertFalse(self.template.med_approved_as)

    def test_the_subject_fits_the_role(self):
        with self.assertRaises(ValidationError):
            self.env["med.first.approval"].create({"role": "product", "partner_id": self.supplier.id})
        contact = self.env["res.partner"].create({"name": "Ms Li", "parent_id": self.supplier.id})
        with self.assertRaises(ValidationError):
            self.env["med.first.approval"].create({"role": "supplier", "partner_id": contact.id})

    def test_many_at_once(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}", "is_company": True} for n in range(3)])
        action = partners.with_user(self.buyer).with_context(approval_role="customer").action_propose_first_approval()
        approvals = self.env["med.first.approval"].search(action["domain"])
        self.assertEqual(approvals.partner_id, partners)
        again = partners.with_user(self.buyer).with_context(approval_role="customer").action_propose_first_approval()
        self.assertEqual(self.env["med.first.approval"].search(again["domain"]), approvals)

    def test_the_head_gets_the_to_do(self):
        approval = self.propose()
        self.sign(approval, "propose", self.buyer)
        activity = approval.activity_ids
        self.assertTrue(activity.user_id.has_group("med_master_data.group_med_quality_head"))
        self.sign(approval, "approve", self.head)
        self.assertFalse(approval.activity_ids)
