"""One order of a hospital, a delivery and a receipt for each department, one invoice."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import OutboundCase
from .test_stage import PIXEL


@tagged("post_install", "-at_install")
class TestDepartment(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        department = {"parent_id": cls.hospital.id, "type": "delivery"}
        cls.surgery, cls.ward = cls.env["res.partner"].create(
            [{**department, "name": "Surgery"}, {**department, "name": "Ward 7"}]
        )
        cls.lot = cls.make_lot("DEP", quantity=30)

    def sale(self, *departments, confirm=True, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.hospital.id,
                # Odoo would choose one of the departments
                "partner_shipping_id": self.hospital.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.device.id, "product_uom_qty": 2, "med_department_id": one and one.id}
                    )
                    for one in departments
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def test_a_delivery_for_each(self):
        order = self.sale(self.surgery, self.ward, self.surgery, False)
        deliveries = {picking.partner_id: len(picking.move_ids) for picking in order.picking_ids}
        self.assertEqual(sum(deliveries.values()), len(order.picking_ids.move_ids))
        self.assertEqual(set(deliveries), {self.surgery, self.ward, self.hospital})

    def test_without_departments_one_delivery_as_in_plain_odoo(self):
        order = self.sale(False, False)
        self.assertEqual(order.picking_ids.mapped("partner_id"), self.hospital)
        self.assertEqual(len(order.picking_ids), 1)

    def test_each_signs_for_its_own_and_one_invoice(self):
        self.device.invoice_policy = "delivery"
        order = self.sale(self.surgery, self.ward)
        for picking in order.picking_ids:
            picking.action_assign()
            picking.move_ids.with_user(self.picker).picked = True
            self.review(picking)
            self.validate(picking)
            self.assertEqual(picking.state, "done")
        first, second = order.picking_ids
        url = self.env["med.outbound.receipt"]._issue(first)
        self.env["med.outbound.receipt"]._find(url.rsplit("/", 1)[1])._sign_receipt("Dr. Wang", PIXEL)
        self.assertTrue(first.med_signed_for_at)
        self.assertFalse(second.med_signed_for_at)
        self.assertEqual(first._med_note()["address"], first.partner_id)
        self.assertEqual(first._med_note()["consignee"], self.hospital)
        invoice = order._create_invoices()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(sum(invoice.invoice_line_ids.mapped("quantity")), 4)

    def test_a_line_added_later_joins_its_department(self):
        order = self.sale(self.surgery, self.ward)
        order.order_line = [
            Command.create({"product_id": self.device.id, "product_uom_qty": 1, "med_department_id": self.ward.id})
        ]
        self.assertEqual(len(order.picking_ids), 2)

    def test_the_gate_asks_the_hospitals_licence(self):
        self.env["med.partner.licence"].search([("partner_id", "=", self.hospital.id)]).unlink()
        picking = self.sale(self.surgery).picking_ids
        picking.action_assign()
        picking.move_ids.with_user(self.picker).picked = True
        self.gate_off("review_missing")
        with self.assertRefused("licence_invalid"):
            self.validate(picking)

    def test_departments_of_others(self):
        stranger = self._partner("Second Hospital")
        with self.assertRaisesRegex(ValidationError, "no department"), self.env.cr.savepoint():
            self.sale(stranger, confirm=False)
        order = self.sale(self.surgery, confirm=False)
        with self.assertRaisesRegex(ValidationError, "no department"), self.env.cr.savepoint():
            order.partner_id = stranger

    def test_not_changed_under_way(self):
        order = self.sale(self.surgery, self.ward)
        with self.assertRaisesRegex(UserError, "already"):
            order.order_line[0].med_department_id = self.ward
        self.sale(self.surgery, confirm=False).order_line.med_department_id = self.ward

    def test_on_the_form(self):
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.hospital
            with form.order_line.new() as line:
                line.product_id = self.device
                line.med_department_id = self.ward
        self.assertEqual(form.record.order_line.med_department_id, self.ward)
