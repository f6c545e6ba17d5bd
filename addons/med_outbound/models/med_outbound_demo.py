from datetime import timedelta

from odoo import Command, api, fields, models

DI = "med_outbound demo"
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class MedOutboundDemo(models.AbstractModel):
    """The demonstration data that must happen and cannot be typed: signatures, movements, refusals.

    Played once when demonstration data is loaded, by the demo users with their own passwords,
    through the same doors as everybody.
    """

    _name = "med.outbound.demo"
    _description = "Demonstration day"

    @api.model
    def _play(self):
        devices = self._devices()
        hospitals = self._partner("partner_hospital_1_demo") | self._partner("partner_hospital_2_demo")
        if len(devices) < 4 or len(hospitals) < 2 or self.env["stock.lot"].search_count([("ref", "=", DI)], limit=1):
            return
        lots = self._receive(devices)
        self._release(lots["OLD"] | lots["NEW"] | lots["NEAR"] | lots["SPARE"])
        hospitals[0].med_min_shelf_life_days = 60
        shipped = self._sell(hospitals[0], devices[0], 3)
        self._pick(shipped)
        self._review(shipped)
        self._as("picker", shipped).with_context(skip_sms=True, skip_backorder=True).button_validate()
        self._sign_for(shipped)
        reviewed = self._sell(hospitals[0], devices[1], 2)
        self._pick(reviewed)
        self._review(reviewed)
        self._pick(self._sell(hospitals[0], devices[3], 4))
        self._sell(hospitals[1], devices[0], 2)
        # nothing of it is released yet, so it waits
        self._sell(hospitals[0], devices[2], 5)

    def _devices(self):
        products = self.env["product.product"].search(
            [
                ("med_is_device", "=", True),
                ("tracking", "=", "lot"),
                ("use_expiration_date", "=", True),
            ],
            order="id",
        )
        return products.filtered(lambda product: product.product_tmpl_id.med_primary_di)[:4]

    def _partner(self, name):
        return self.env.ref(f"med_master_data.{name}", raise_if_not_found=False) or self.env["res.partner"]

    def _as(self, role, record):
        return record.with_user(self.env.ref(f"med_master_data.user_{role}_demo"))

    def _credential(self, role):
        return {"type": "password", "password": f"demo_{role}"}

    def _receive(self, devices):
        """Lots on the shelf, from the supplier, all in quarantine."""
        supplier = self._partner("partner_supplier_demo") or self.env["res.partner"].search(
            [("med_licence_ids.kind", "in", ("distribution", "production"))], limit=1
        )
        plan = (
            ("OLD", devices[0], 200, 10),
            ("NEW", devices[0], 520, 20),
            ("NEAR", devices[1], 75, 8),
            ("WAITING", devices[2], 400, 12),
            ("SPARE", devices[3], 640, 30),
        )
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1)
        origin = self.env.ref("stock.stock_location_suppliers")
        lots = {}
        for name, device, days, _quantity in plan:
            expiry = fields.Datetime.now() + timedelta(days=days)
            lots[name] = self.env["stock.lot"].create(
                {
                    "name": f"{expiry:%y%m}{name}",
                    "ref": DI,
                    "product_id": device.id,
                    "expiration_date": expiry,
                    "med_production_date": (expiry - timedelta(days=730)).date(),
                }
            )
        places = {"location_id": origin.id, "location_dest_id": warehouse.lot_stock_id.id}
        receipt = self.env["stock.picking"].create(
            {"picking_type_id": warehouse.in_type_id.id, "partner_id": supplier.id, **places}
        )
        for name, device, _days, quantity in plan:
            line = {
                "product_id": device.id,
                "lot_id": lots[name].id,
                "quantity": quantity,
                "picking_id": receipt.id,
            }
            move = {"product_id": device.id, "product_uom_qty": quantity, "picking_id": receipt.id}
            self.env["stock.move"].create({**move, **places, "move_line_ids": [Command.create({**line, **places})]})
        receipt.action_confirm()
        receipt.move_ids.picked = True
        self._as("picker", receipt).with_context(skip_sms=True, skip_backorder=True).button_validate()
        return lots

    def _release(self, lots):
        self._as("quality", lots)._sign("release", self._credential("quality"))

    def _sell(self, partner, device, quantity):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": device.id, "product_uom_qty": quantity, "price_unit": 480})
                ],
            }
        )
        order.action_confirm()
        order.picking_ids.action_assign()
        return order.picking_ids

    def _pick(self, picking):
        self._as("picker", picking.move_ids).picked = True

    def _review(self, picking):
        action = self._as("reviewer", picking).action_med_review()
        review = self._as("reviewer", self.env["med.outbound.review"].browse(action["res_id"]))
        review.action_count_as_expected()
        review._sign("review", self._credential("reviewer"))

    def _sign_for(self, picking):
        receipts = self.env["med.outbound.receipt"]
        url = self._as("picker", receipts)._issue(picking)
        receipts._find(url.rsplit("/", 1)[1])._sign_receipt("王医生 (Dr. Wang)", SIGNATURE)
