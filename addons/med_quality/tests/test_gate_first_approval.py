"""What is not approved stays once the house says so, and the question costs no query."""

from odoo import fields
from odoo.tests import tagged

from .common import QualityCase

RULES = ("product_not_approved", "partner_not_approved")


@tagged("post_install", "-at_install")
class TestGateFirstApproval(QualityCase):
    rules_under_test = (*QualityCase.rules_under_test, *RULES)

    def approve(self, subject, role, company=None):
        """An approval in force, as the two signatures leave it (they are tested below)."""
        name = "product_tmpl_id" if role == "product" else "partner_id"
        company = company or self.env.company
        approval = self.env["med.first.approval"].create({"role": role, name: subject.id, "company_id": company.id})
        approval.sudo().write({"state": "approved", "approved_at": fields.Datetime.now()})
        self.env.flush_all()
        approval._refresh_subjects()
        return approval

    def block(self):
        for rule in RULES:
            self.policy(rule, "block")

    def test_shipped_as_a_warning(self):
        picking = self.make_delivery(self.make_lot("L1"))
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        notes = {note["rule"] for note in self.events("gate.passed", picking)[0]["notes"]}
        self.assertEqual(notes, set(RULES))

    def test_blocked_until_both_are_approved(self):
        self.block()
        picking = self.make_delivery(self.make_lot("L1"))
        with self.assertRefused(*RULES):
            self.validate(picking)
        self.approve(self.device.product_tmpl_id, "product")
        with self.assertRefused("partner_not_approved"):
            self.validate(picking)
        approval = self.approve(self.hospital, "customer")
        self.assertFalse(self.env["med.gate"]._judge(picking.move_line_ids, "ship"))
        approval._end("changed")
        with self.assertRefused("partner_not_approved"):
            self.validate(picking)
        self.approve(self.hospital, "customer")
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_approval_of_another_company_or_role_does_not_count(self):
        self.block()
        other = self.env["res.company"].create({"name": "Other"})
        self.approve(self.device.product_tmpl_id, "product", other)
        self.approve(self.hospital, "supplier")
        with self.assertRefused(*RULES):
            self.validate(self.make_delivery(self.make_lot("L1")))

    def test_customers_of_class_one_need_none(self):
        self.block()
        tape = self._device("Tape", med_device_class="I")
        self.approve(tape.product_tmpl_id, "product")
        picking = self.make_delivery(self.make_lot("L1", product=tape))
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_suppliers_at_receipt(self):
        self.block()
        lot = self.make_lot("L1", quantity=0)
        maker = self._partner("Maker")
        line = self.env["stock.move.line"].new(
            {
                "product_id": self.device.id,
                "lot_id": lot.id,
                "quantity": 1,
                "company_id": self.env.company.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "picking_id": self.env["stock.picking"].create(
                    {
                        "partner_id": maker.id,
                        "picking_type_id": self.warehouse.in_type_id.id,
                        "location_id": self.suppliers.id,
                        "location_dest_id": self.stock.id,
                    }
                ),
            }
        )
        found = {v.finding.rule: v.finding.problem for v in self.env["med.gate"]._judge(line, "receive")}
        self.assertEqual(found, {"product_not_approved": "missing", "partner_not_approved": "supplier"})
        self.approve(maker, "supplier")
        self.approve(self.device.product_tmpl_id, "product")
        self.assertFalse(self.env["med.gate"]._judge(line, "receive"))

    def test_facts_cost_no_query(self):
        picking = self.make_delivery(self.make_lot("L1"))
        lines = picking.move_line_ids
        self.env.invalidate_all()
        # what the gate reads of product and partner anyway
        self.assertEqual(lines.product_id.med_device_class, "III")
        self.assertTrue(picking.partner_id.commercial_partner_id.name)
        with self.assertQueryCount(0):
            self.assertFalse(lines.product_id.med_approved_as)
            self.assertFalse(picking.partner_id.commercial_partner_id.med_approved_as)
