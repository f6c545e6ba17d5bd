"""The ways round the gate that lead through other addons of Odoo, and those that a first
look at the four doors did not see. As in ``med_quality/tests/test_doors.py`` each is tried
with the gate on (refused, said, recorded) and with the gate off (Odoo lets it happen).

After them: what people do all day, which the gate must let pass; and the same with products
that are no devices, which must not notice it.
"""

import base64

import psycopg2
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.med_quality.tests import test_doors
from odoo.addons.med_quality.tests.common import QualityCase

ATTEMPTS = {}
GIF = base64.b64encode(
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x00\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
).decode()


def attempt(*rules, recorded_on="stock.picking"):
    """Register a way round, the rules that refuse it and the record its refusal is told on."""

    def register(function):
        ATTEMPTS[function.__name__] = (function, rules, recorded_on)
        return function

    return register


class WaysCase(QualityCase):
    """A warehouse that also buys, makes, repairs and sells over the counter."""

    _last_event_id = test_doors.TestDoors._last_event_id
    _refusals_since = test_doors.TestDoors._refusals_since
    _quant = test_doors.TestDoors._quant

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls._user(
            "worker",
            "stock.group_stock_user,mrp.group_mrp_user,purchase.group_purchase_user,"
            "sales_team.group_sale_salesman,point_of_sale.group_pos_user",
        )
        cls.long_ago = fields.Datetime.subtract(fields.Datetime.now(), days=400)
        cls.shelf = cls.env["stock.location"].create({"name": "Shelf", "location_id": cls.stock.id})
        cls.production = cls.device.property_stock_production
        cls.supplier = cls._partner("Supplier")
        cls.good = cls.make_lot("GOOD")
        cls.expired = cls.make_lot("EXPIRED", days=-2)

    # Deliveries -------------------------------------------------------------------------------

    def _shipped(self, lot=None, **values):
        """A finished delivery, some requests ago."""
        picking = self.make_delivery(lot or self.good, quantity=2, **values)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        picking.move_line_ids._med_passed().clear()
        return picking

    def _batch(self, *lots, is_wave=False):
        """One open batch of one delivery per lot."""
        pickings = self.env["stock.picking"].concat(*(self.make_delivery(lot) for lot in lots))
        batch = self.env["stock.picking.batch"].create(
            {
                "picking_ids": [Command.set(pickings.ids)],
                "picking_type_id": self.warehouse.out_type_id.id,
            }
        )
        batch.is_wave = is_wave
        batch.action_confirm()
        return batch

    def _batch_done(self, batch):
        batch.with_user(self.worker).with_context(skip_sms=True, skip_expired=True).action_done()

    def _dropship(self, consignee=None, product=None, **line):
        """A purchase shipped by the supplier straight to the hospital, ready to validate."""
        product = product or self.device
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "picking_type_id": self._dropship_type().id,
                "dest_address_id": (consignee or self.hospital).id,
                "order_line": [Command.create({"product_id": product.id, "product_qty": 1, "price_unit": 1})],
            }
        )
        order.button_confirm()
        picking = order.picking_ids
        self.assertEqual(picking.location_dest_id.usage, "customer")
        picking.med_direct_reason = "emergency"
        picking.move_ids.move_line_ids.unlink()
        picking.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "quantity": 1,
                    "location_id": picking.location_id.id,
                    "location_dest_id": picking.location_dest_id.id,
                    "picking_id": picking.id,
                    **line,
                }
            )
        ]
        picking.move_ids.picked = True
        return picking

    def _dropship_type(self):
        return self.env["stock.picking.type"].search(
            [("code", "=", "dropship"), ("company_id", "=", self.env.company.id)], limit=1
        )

    def _return(self, picking, method="action_create_returns", lot=None, quantity=1):
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.picker)
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = quantity
        return self.env["stock.picking"].browse(getattr(wizard, method)()["res_id"])

    # Making and repairing ---------------------------------------------------------------------

    def _bom(self, finished, component, **values):
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": finished.product_tmpl_id.id,
                "product_qty": 1,
                "bom_line_ids": [Command.create({"product_id": component.id, "product_qty": 1})],
                **values,
            }
        )

    def _manufacture(self, lot, finished_lot, **values):
        """An order that consumes one of ``lot`` and makes ``finished_lot``, ready to close."""
        order = self.env["mrp.production"].create(
            {
                "product_id": finished_lot.product_id.id,
                "product_qty": 1,
                "bom_id": self._bom(finished_lot.product_id, lot.product_id).id,
                **values,
            }
        )
        order.action_confirm()
        order.write({"qty_producing": 1, "lot_producing_ids": [Command.set(finished_lot.ids)]})
        raw = order.move_raw_ids
        raw.move_line_ids.unlink()
        raw.move_line_ids = [
            Command.create(
                {
                    "product_id": lot.product_id.id,
                    "lot_id": lot.id,
                    "quantity": 1,
                    "location_id": raw.location_id.id,
                    "location_dest_id": raw.location_dest_id.id,
                }
            )
        ]
        raw.picked = True
        return order

    def _close(self, order):
        keys = dict.fromkeys(("skip_consumption", "skip_expired", "skip_backorder"), True)
        order.with_user(self.worker).with_context(**keys).button_mark_done()

    def _assembled(self, product=None):
        """A lot of an assembled product made from the good lot, with its order."""
        product = product or self._device("Assembled set")
        lot = self.make_lot("SET", product=product, quantity=0)
        order = self._manufacture(self.good, lot)
        self._close(order)
        self.assertEqual((order.state, self.on_hand(lot)), ("done", 1))
        return lot, order

    def _unbuild(self, lot, order):
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": lot.product_id.id,
                "mo_id": order.id,
                "lot_id": lot.id,
                "product_qty": 1,
                "bom_id": order.bom_id.id,
            }
        )
        unbuild.with_user(self.worker).action_unbuild()
        return unbuild

    def _repair(self, lot):
        """A repair that uses up one of ``lot``, ready to end."""
        broken = self.make_lot("BROKEN", product=self.plain)
        repair = self.env["repair.order"].create(
            {
                "product_id": self.plain.id,
                "lot_id": broken.id,
                "partner_id": self.hospital.id,
                "move_ids": [
                    Command.create(
                        {
                            "repair_line_type": "add",
                            "product_id": lot.product_id.id,
                            "product_uom_qty": 1,
                        }
                    )
                ],
            }
        )
        repair.action_validate()
        repair.action_repair_start()
        move = repair.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    "product_id": lot.product_id.id,
                    "lot_id": lot.id,
                    "quantity": 1,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )
        ]
        move.picked = True
        return repair

    # Selling ----------------------------------------------------------------------------------

    def _sale(self, product, quantity=1):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.hospital.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
            }
        )
        order.with_user(self.worker).sudo().action_confirm()
        return order

    def _force_lot(self, picking, lot):
        """Put ``lot`` on a delivery, whatever was reserved."""
        move = picking.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [Command.create(self._line(lot, move.product_uom_qty, move.location_dest_id, picking))]
        move.picked = True

    def _sell_over_the_counter(self, lot, partner=None):
        """A paid order of the point of sale; its transfer, as Odoo left it."""
        journal = self.env["account.journal"].create({"name": "Till", "type": "cash", "code": "TILL"})
        cash = self.env["pos.payment.method"].create({"name": "Cash", "journal_id": journal.id})
        config = self.env["pos.config"].create({"name": "Shop", "payment_method_ids": [Command.set(cash.ids)]})
        self.env.company.point_of_sale_update_stock_quantities = "real"
        config.open_ui()
        product = lot.product_id
        product.write({"available_in_pos": True, "taxes_id": [Command.clear()]})
        order = self.env["pos.order"].create(
            {
                "session_id": config.current_session_id.id,
                "company_id": self.env.company.id,
                "partner_id": partner.id if partner else False,
                "amount_total": 1,
                "amount_paid": 0,
                "amount_tax": 0,
                "amount_return": 0,
                "lines": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "qty": 1,
                            "price_unit": 1,
                            "price_subtotal": 1,
                            "price_subtotal_incl": 1,
                            "pack_lot_ids": [Command.create({"lot_name": lot.name})],
                        }
                    )
                ],
            }
        )
        context = {"active_ids": order.ids, "active_id": order.id}
        payment = (
            self.env["pos.make.payment"].with_context(**context).create({"payment_method_id": cash.id, "amount": 1})
        )
        payment.with_context(**context).check()
        self.assertEqual(order.state, "paid")
        return order.picking_ids

    # Places -----------------------------------------------------------------------------------

    def _transit(self, company):
        return self.env["stock.location"].create({"name": "On the road", "usage": "transit", "company_id": company.id})

    def _scrap(self, lot, user=None, **values):
        scrap = (
            self.env["stock.scrap"]
            .with_user(user or self.picker)
            .create(
                {
                    "product_id": lot.product_id.id,
                    "lot_id": lot.id,
                    "scrap_qty": 2,
                    "location_id": self.stock.id,
                    **values,
                }
            )
        )
        scrap.action_validate()
        return scrap

    def _box(self, lot, parent=None):
        box = self.env["stock.package"].create({"name": f"BOX-{lot.name}", "parent_package_id": parent and parent.id})
        self.env["stock.quant"]._update_available_quantity(lot.product_id, self.stock, 2, lot_id=lot, package_id=box)
        return box

    def _from(self, location, lot, **values):
        """A delivery that claims to start elsewhere than in stock."""
        picking = self.make_delivery(lot, **values)
        picking.move_line_ids.location_id = location
        return picking


class Ways:
    """Each attempt builds what it needs with full rights, then acts as an ordinary user."""

    # Several transfers at once ----------------------------------------------------------------

    @attempt("expired")
    def finish_a_batch_with_one_expired_lot(self):
        batch = self._batch(self.good, self.expired, self.make_lot("OTHER"))
        return lambda: self._batch_done(batch)

    @attempt("expired")
    def finish_a_wave_with_one_expired_lot(self):
        batch = self._batch(self.good, self.expired, is_wave=True)
        return lambda: self._batch_done(batch)

    # From the supplier straight to the hospital -----------------------------------------------

    @attempt("expired")
    def dropship_an_expired_lot(self):
        picking = self._dropship(lot_id=self.expired.id)
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("lot_not_released")
    def dropship_a_quarantined_lot_by_name(self):
        self.make_lot("NEW", status="quarantine", quantity=0)
        picking = self._dropship(lot_name="NEW")
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("lot_missing")
    def dropship_a_lot_nobody_knows(self):
        picking = self._dropship(lot_name="NEVER-SEEN")
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("licence_invalid")
    def dropship_to_a_consignee_without_licence(self):
        """The transfer names the supplier; the one who receives needs a licence all the same."""
        picking = self._dropship(self._partner("Corner shop", valid_days=None), lot_id=self.good.id)
        return lambda: self.validate(picking)

    @attempt("licence_invalid")
    def dropship_from_a_supplier_without_licence(self):
        self.supplier.med_licence_ids.valid_to = fields.Date.subtract(fields.Date.today(), days=2)
        picking = self._dropship(lot_id=self.good.id)
        return lambda: self.validate(picking)

    # Used up inside ---------------------------------------------------------------------------

    @attempt("expired", recorded_on="stock.move")
    def manufacture_with_an_expired_component(self):
        order = self._manufacture(self.expired, self.make_lot("SET", product=self._device("Set"), quantity=0))
        return lambda: self._close(order)

    @attempt("expired", recorded_on="stock.move")
    def unbuild_an_expired_device(self):
        lot, order = self._assembled()
        lot.with_user(self.quality).expiration_date = self.long_ago
        lot._med_set_status("released")
        return lambda: self._unbuild(lot, order)

    @attempt("no_picking", recorded_on="stock.move")
    def manufacture_straight_into_the_customers_location(self):
        lot = self.make_lot("SET", product=self._device("Set", med_device_class="I"), quantity=0)
        order = self._manufacture(self.good, lot, location_dest_id=self.customers.id)
        return lambda: self._close(order)

    @attempt("expired", recorded_on="stock.move")
    def repair_with_an_expired_device(self):
        repair = self._repair(self.expired)
        return lambda: repair.with_user(self.worker).action_repair_end()

    # Sold -------------------------------------------------------------------------------------

    @attempt("expired")
    def deliver_a_sale_with_an_expired_lot(self):
        picking = self._sale(self.device).picking_ids
        self._force_lot(picking, self.expired)
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("expired")
    def deliver_a_kit_with_an_expired_component(self):
        kit = self.env["product.product"].create({"name": "Kit", "is_storable": True})
        self._bom(kit, self.device, type="phantom")
        picking = self._sale(kit).picking_ids
        self.assertEqual(picking.move_ids.product_id, self.device)
        self._force_lot(picking, self.expired)
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("expired")
    def exchange_a_return_for_an_expired_lot(self):
        order = self._sale(self.device)
        self._force_lot(order.picking_ids, self.good)
        self.validate(order.picking_ids)
        self._return(order.picking_ids, "action_create_exchanges")
        exchange = order.picking_ids.filtered(lambda p: p.state != "done" and p.location_dest_id.usage == "customer")
        self._force_lot(exchange, self.expired)
        return lambda: self.validate(exchange, skip_expired=True)

    @attempt("expired")
    def deliver_an_expired_lot_that_another_owns(self):
        """Consignment stock: whose the goods are does not make them fresher."""
        self.env["stock.quant"]._update_available_quantity(
            self.device, self.stock, 2, lot_id=self.expired, owner_id=self.supplier
        )
        picking = self.make_delivery(self.expired, owner_id=self.supplier.id)
        picking.move_line_ids.owner_id = self.supplier
        return lambda: self.validate(picking, skip_expired=True)

    # To the consignee by another road ---------------------------------------------------------

    @attempt("expired", "licence_invalid", "no_picking", recorded_on="stock.move")
    def scrap_into_the_customers_location(self):
        return lambda: self._scrap(self.expired, scrap_location_id=self.customers.id)

    @attempt("expired")
    def send_an_expired_lot_into_transit_that_is_nobodys(self):
        picking = self.make_delivery(
            self.expired,
            destination=self._transit(self.env["res.company"]),
            picking_type=self.warehouse.int_type_id,
        )
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("expired")
    def deliver_from_our_own_transit(self):
        picking = self._from(self._transit(self.env.company), self.expired)
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("expired")
    def deliver_from_the_shop_floor(self):
        """The virtual production location keeps no stock, so anything can leave it."""
        picking = self._from(self.production, self.expired)
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("expired")
    def deliver_from_one_customer_to_another(self):
        picking = self._from(self.customers.copy({"name": "Depot"}), self.expired)
        return lambda: self.validate(picking, skip_expired=True)

    @attempt("licence_invalid", "no_picking", recorded_on="stock.move")
    def move_nested_packages_to_the_customers(self):
        pallet = self.env["stock.package"].create({"name": "PALLET"})
        self._box(self.good, pallet)
        return lambda: pallet.with_user(self.picker).write({"location_id": self.customers.id})

    @attempt("licence_invalid", "no_picking", recorded_on="stock.move")
    def unpack_a_shipped_package(self):
        picking = self.make_delivery(self.good)
        box = self.env["stock.package"].create({"name": "BOX"})
        picking.move_line_ids.result_package_id = box
        self.validate(picking)
        return lambda: box.with_user(self.picker).unpack()

    # By the system ----------------------------------------------------------------------------

    @attempt("expired")
    def validate_in_a_server_action(self):
        picking = self.make_delivery(self.expired)
        action = self.env["ir.actions.server"].create(
            {
                "name": "Ship what waits",
                "model_id": self.env["ir.model"]._get_id("stock.picking"),
                "state": "code",
                "code": f"env['stock.picking'].sudo().browse({picking.id})._action_done()",
            }
        )
        return lambda: action.with_user(self.env.ref("base.user_root")).run()

    @attempt("expired")
    def validate_in_a_scheduled_action(self):
        picking = self.make_delivery(self.expired)
        cron = self.env["ir.cron"].create(
            {
                "name": "Ship what waits",
                "model_id": self.env["ir.model"]._get_id("stock.picking"),
                "state": "code",
                "code": f"model.browse({picking.id}).with_context(skip_sms=True).button_validate()",
                "user_id": self.env.ref("base.user_root").id,
            }
        )
        return lambda: cron.ir_actions_server_id.with_user(cron.user_id).run()

    # Stock from nothing -----------------------------------------------------------------------

    @attempt("quant_write", recorded_on="product.product")
    def create_a_quant_in_inventory_mode(self):
        """Any client can say that it is counting."""
        return lambda: (
            self.env["stock.quant"]
            .with_user(self.picker)
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": self.device.id,
                    "lot_id": self.good.id,
                    "location_id": self.shelf.id,
                    "quantity": 7,
                }
            )
        )

    @attempt("quant_write", recorded_on="product.product")
    def import_quants_with_quantities(self):
        names = ["product_id/.id", "lot_id/.id", "location_id/.id", "quantity"]
        rows = [[str(self.device.id), str(self.good.id), str(self.shelf.id), "7"]]

        def act():
            result = self.env["stock.quant"].with_user(self.picker).with_context(import_file=True).load(names, rows)
            if result["ids"] is False:
                raise UserError(str(result["messages"]))

        return act

    # What was shipped -------------------------------------------------------------------------

    @attempt("history_edit")
    def swap_the_lot_after_reopening_the_line(self):
        """The line's state is a stored copy of its move's; written apart, it unlocked the line."""
        line = self._shipped().move_line_ids

        def act():
            line.with_user(self.picker).write({"state": "assigned"})
            line.with_user(self.picker).write({"lot_id": self.expired.id})

        return act

    @attempt("history_edit")
    def delete_a_done_line_after_reopening_it(self):
        line = self._shipped().move_line_ids

        def act():
            line.with_user(self.picker).write({"state": "assigned"})
            line.with_user(self.picker).unlink()

        return act

    @attempt("state_write")
    def write_the_lines_state(self):
        line = self.make_delivery(self.expired).move_line_ids
        return lambda: line.with_user(self.picker).write({"state": "done"})

    @attempt("history_edit")
    def add_an_open_line_to_a_done_move(self):
        picking = self._shipped()
        vals = {
            **self._line(self.expired, 1, self.customers, picking),
            "move_id": picking.move_ids.id,
        }
        return lambda: self.env["stock.move.line"].with_user(self.picker).create({**vals, "state": "assigned"})

    @attempt("history_edit")
    def change_the_consignee_beside_the_state(self):
        picking, other = self._shipped(), self._partner("Other hospital")
        return lambda: picking.with_user(self.picker).write({"state": "done", "partner_id": other.id})

    @attempt("history_edit")
    def redirect_a_done_move_beside_the_state(self):
        move = self._shipped().move_ids
        return lambda: move.with_user(self.picker).write({"state": "done", "location_dest_id": self.shelf.id})

    @attempt("history_edit")
    def redate_a_done_move_beside_the_state(self):
        move = self._shipped().move_ids
        return lambda: move.with_user(self.picker).write({"state": "done", "date": self.long_ago})

    @attempt("history_edit")
    def change_the_consignee_after_reopening_the_picking(self):
        """One open move of plain tape makes the delivery look unfinished again."""
        picking, other = self._shipped(), self._partner("Other hospital")
        extra = self.make_delivery(self.make_lot("TAPE", product=self.plain)).move_ids

        def act():
            extra.with_user(self.picker).write({"picking_id": picking.id})
            picking.with_user(self.picker).write({"partner_id": other.id})

        return act

    @attempt("history_edit")
    def redate_a_done_line_beside_its_quantity(self):
        line = self._shipped().move_line_ids
        return lambda: line.with_user(self.picker).write({"date": self.long_ago, "quantity": line.quantity})

    @attempt("history_edit")
    def redate_a_done_move_beside_its_consignee(self):
        move = self._shipped().move_ids
        return lambda: move.with_user(self.picker).write({"date": self.long_ago, "partner_id": move.partner_id.id})

    @attempt("history_edit")
    def redate_a_done_line_as_a_count(self):
        line = self._shipped().move_line_ids

        def act():
            line.move_id.with_user(self.picker).write({"is_inventory": True})
            line.with_user(self.picker).write({"date": self.long_ago})

        return act

    @attempt("history_edit")
    def add_a_lot_to_a_done_move(self):
        move = self._shipped().move_ids
        return lambda: move.with_user(self.picker).write({"lot_ids": [Command.link(self.expired.id)]})

    @attempt("history_edit")
    def change_the_done_quantity_in_the_products_unit(self):
        line = self._shipped().move_line_ids
        return lambda: line.with_user(self.picker).write({"quantity_product_uom": 1})

    @attempt("history_edit")
    def rename_a_done_picking(self):
        picking = self._shipped()
        return lambda: picking.with_user(self.picker).write({"name": "WH/OUT/99999"})

    @attempt("history_edit")
    def replace_the_consignees_signature(self):
        picking = self._shipped()
        # a stand-in: Odoo would print the signed note, which needs a PDF renderer
        self.patch(type(picking), "_attach_sign", lambda picking: True)
        picking.signature = GIF
        other = base64.b64encode(base64.b64decode(GIF) + b";").decode()
        return lambda: picking.with_user(self.picker).write({"signature": other})

    @attempt("history_edit", recorded_on="stock.package")
    def rename_a_shipped_package_by_its_full_name(self):
        picking = self.make_delivery(self.good)
        box = self.env["stock.package"].create({"name": "BOX"})
        picking.move_line_ids.result_package_id = box
        self.validate(picking)
        return lambda: box.with_user(self.picker).write({"complete_name": "OTHER"})

    @attempt("history_edit")
    def rewrite_what_was_in_a_shipped_package(self):
        picking = self.make_delivery(self.good)
        picking.move_line_ids.result_package_id = self.env["stock.package"].create({"name": "BOX"})
        self.validate(picking)
        history = picking.move_line_ids.package_history_id
        self.assertTrue(history)
        return lambda: history.with_user(self.picker).write({"package_name": "OTHER"})


@tagged("post_install", "-at_install")
class TestWaysRound(WaysCase):
    """Refused with the gate on, possible with the gate off."""


def _refused(name, function, rules, model):
    def test(self):
        act = function(self)
        seen = self._last_event_id()
        if name.startswith("import_"):
            # an import answers with messages instead of raising the gate's own error
            with self.assertRaisesRegex(UserError, "transfers and counts"), self.env.cr.savepoint():
                act()
        else:
            with self.assertRefused(*rules):
                act()
        recorded = self._refusals_since(seen)
        self.assertEqual({event["model"] for event in recorded}, {model})
        self.assertEqual({finding["rule"] for event in recorded for finding in event["findings"]}, set(rules))

    test.__name__ = f"test_refused_{name}"
    test.__doc__ = function.__doc__ or f"{name.replace('_', ' ')}: refused by {', '.join(rules)} and recorded"
    return test


def _open(name, function):
    def test(self):
        self.gate_off()
        function(self)()

    test.__name__ = f"test_with_the_gate_off_odoo_lets_{name}"
    test.__doc__ = f"{name.replace('_', ' ')}: possible in plain Odoo"
    return test


for _name, (_function, _rules, _model) in ATTEMPTS.items():
    for _test in (_refused(_name, _function, _rules, _model), _open(_name, _function)):
        setattr(TestWaysRound, _test.__name__, _test)


@tagged("post_install", "-at_install")
class TestClosedByOdoo(WaysCase):
    """Doors that Odoo keeps shut itself; should it ever open them, these tests tell."""

    def test_a_done_line_is_not_deleted(self):
        with self.assertRaises(UserError):
            self._shipped().move_line_ids.with_user(self.picker).unlink()

    def test_a_done_picking_is_not_cancelled(self):
        with self.assertRaises(UserError):
            self._shipped().with_user(self.picker).action_cancel()

    def test_a_done_picking_is_not_deleted(self):
        with self.assertRaises(UserError):
            self._shipped().with_user(self.picker).unlink()

    def test_a_shipped_package_is_not_deleted(self):
        picking = self.make_delivery(self.good)
        box = self.env["stock.package"].create({"name": "BOX"})
        picking.move_line_ids.result_package_id = box
        self.validate(picking)
        with (
            self.assertRaises(psycopg2.IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            box.with_user(self.picker).unlink()
        self.assertTrue(box.exists())

    def test_a_new_picking_does_not_start_as_done(self):
        """The state given at creation gives way to that of the moves."""
        picking = (
            self.env["stock.picking"]
            .with_user(self.picker)
            .create(
                {
                    "picking_type_id": self.warehouse.out_type_id.id,
                    "partner_id": self.hospital.id,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                    "state": "done",
                    "date_done": self.long_ago,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.device.id,
                                "product_uom_qty": 1,
                                "location_id": self.stock.id,
                                "location_dest_id": self.customers.id,
                            }
                        )
                    ],
                }
            )
        )
        self.assertNotEqual(picking.state, "done")


@tagged("post_install", "-at_install")
class TestOverTheCounter(WaysCase):
    """The point of sale swallows every UserError of its transfer: the sale is paid, the goods
    stay booked in stock, and the evidence tells why."""

    def _refused_sale(self, lot, partner, *rules):
        seen = self._last_event_id()
        picking = self._sell_over_the_counter(lot, partner)
        self.assertNotEqual(picking.state, "done")
        self.assertEqual(self.on_hand(lot), 10)
        recorded = self._refusals_since(seen)
        self.assertEqual({finding["rule"] for event in recorded for finding in event["findings"]}, set(rules))
        self.assertEqual({event["model"] for event in recorded}, {"stock.picking"})

    def test_an_expired_lot_stays(self):
        self._refused_sale(self.expired, self.hospital, "expired")

    def test_a_quarantined_lot_stays(self):
        self._refused_sale(self.make_lot("NEW", status="quarantine"), self.hospital, "lot_not_released")

    def test_an_unknown_customer_gets_no_class_iii_device(self):
        self._refused_sale(self.good, None, "licence_invalid")

    def test_with_the_gate_off_odoo_sells_them(self):
        self.gate_off()
        self.assertEqual(self._sell_over_the_counter(self.expired).state, "done")

    def test_retail_sells_to_anybody_under_a_policy_of_its_own(self):
        """A patient has no dealer's licence: that rule is off for the shop's operation type, and
        only that rule."""
        self.env["med.gate.policy"].create(
            {
                "rule": "licence_invalid",
                "effect": "off",
                "date_from": "2024-01-01",
                "picking_type_id": self.warehouse.pos_type_id.id,
            }
        )
        picking = self._sell_over_the_counter(self.good)
        self.assertEqual(picking.picking_type_id, self.warehouse.pos_type_id)
        self.assertEqual((picking.state, self.on_hand(self.good)), ("done", 9))

    def test_a_licensed_customer_buys_over_the_counter(self):
        self.assertEqual(self._sell_over_the_counter(self.good, self.hospital).state, "done")


@tagged("post_install", "-at_install")
class TestDailyWork(WaysCase):
    """What the gate must not stop."""

    def test_a_batch_of_good_lots(self):
        batch = self._batch(self.good, self.make_lot("OTHER"))
        self._batch_done(batch)
        self.assertEqual(set(batch.picking_ids.mapped("state")), {"done"})

    def test_a_wave_of_good_lots(self):
        batch = self._batch(self.good, self.make_lot("OTHER"), is_wave=True)
        self._batch_done(batch)
        self.assertEqual(set(batch.picking_ids.mapped("state")), {"done"})

    def test_a_good_lot_is_dropshipped(self):
        picking = self._dropship(lot_id=self.good.id)
        self.validate(picking)
        self.assertEqual((picking.state, self.on_hand(self.good, self.customers)), ("done", 1))

    def test_a_dropship_meets_the_consignees_shelf_life(self):
        """The consignee's demand counts, not that of the supplier named on the transfer."""
        self.supplier.med_min_shelf_life_days = 9999
        self.validate(self._dropship(lot_id=self.good.id))
        self.hospital.med_min_shelf_life_days = 9999
        picking = self._dropship(lot_id=self.good.id)
        with self.assertRefused("shelf_life_short"):
            self.validate(picking)

    def test_a_device_is_made_of_released_components(self):
        lot, _order = self._assembled()
        self.assertEqual(self.on_hand(self.good), 9)
        self.assertEqual(lot.med_status, "released")

    def test_a_new_device_is_made_into_quarantine(self):
        product = self._device("Set")
        lot = self.env["stock.lot"].create({"name": "FIRST", "product_id": product.id})
        self._close(self._manufacture(self.good, lot))
        self.assertEqual((self.on_hand(lot), lot.med_status), (1, "quarantine"))

    def test_a_released_device_is_unbuilt(self):
        lot, order = self._assembled()
        self._unbuild(lot, order)
        self.assertEqual((self.on_hand(lot), self.on_hand(self.good)), (0, 10))

    def test_a_repair_uses_a_good_device(self):
        repair = self._repair(self.good)
        repair.with_user(self.worker).action_repair_end()
        self.assertEqual((repair.state, self.on_hand(self.good)), ("done", 9))

    def test_a_production_order_closes_a_component_it_did_not_use(self):
        order = self._manufacture(self.good, self.make_lot("SET", product=self._device("Set"), quantity=0))
        self.env["stock.move"].create(
            {
                "product_id": self._device("Spare").id,
                "product_uom_qty": 0,
                "raw_material_production_id": order.id,
                "location_id": order.location_src_id.id,
                "location_dest_id": order.production_location_id.id,
            }
        )
        self._close(order)
        self.assertEqual(order.state, "done")

    def test_a_sale_is_reserved_delivered_and_returned(self):
        order = self._sale(self.device, 3)
        picking = order.picking_ids
        self.assertEqual(picking.move_line_ids.lot_id, self.good)
        picking.move_ids.picked = True
        self.validate(picking)
        self.assertEqual(order.order_line.qty_delivered, 3)
        back = self._return(picking, quantity=2)
        back.move_ids.picked = True
        self.validate(back)
        # what comes back waits in the returns area for quality
        self.assertEqual((back.state, self.on_hand(self.good)), ("done", 7))
        self.assertEqual(self.on_hand(self.good, self.warehouse.med_return_location_id), 2)

    def test_a_kit_of_good_components_is_delivered(self):
        kit = self.env["product.product"].create({"name": "Kit", "is_storable": True})
        self._bom(kit, self.device, type="phantom")
        picking = self._sale(kit).picking_ids
        picking.move_ids.picked = True
        self.validate(picking)
        self.assertEqual((picking.state, picking.move_line_ids.lot_id), ("done", self.good))

    def test_an_expired_purchase_goes_back_to_the_supplier(self):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "order_line": [Command.create({"product_id": self.device.id, "product_qty": 4, "price_unit": 1})],
            }
        )
        order.button_confirm()
        receipt = order.picking_ids
        receipt.move_ids.move_line_ids.write({"lot_id": self.expired.id, "quantity": 4})
        receipt.move_ids.picked = True
        self.validate(receipt, skip_expired=True)
        self.assertEqual(receipt.state, "done")
        back = self._return(receipt, quantity=4)
        back.move_ids.picked = True
        self.validate(back, skip_expired=True)
        self.assertEqual((back.state, order.order_line.qty_received), ("done", 0))

    def test_expired_goods_are_destroyed(self):
        self._scrap(self.expired)
        self.assertEqual(self.on_hand(self.expired), 8)

    def test_scrapping_from_an_open_delivery_leaves_it_open_to_change(self):
        picking = self.make_delivery(self.good)
        self._scrap(self.make_lot("DAMAGED"), picking_id=picking.id)
        other = self._partner("Other hospital")
        picking.with_user(self.picker).write({"partner_id": other.id})
        self.assertEqual(picking.partner_id, other)

    def test_held_goods_travel_between_our_warehouses(self):
        held = self.make_lot("HELD", status="on_hold")
        road = self._transit(self.env.company)
        self.validate(self.make_delivery(held, destination=road, picking_type=self.warehouse.int_type_id))
        self.assertEqual(self.on_hand(held, road), 1)
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "W2"})
        arriving = self._from(road, held, destination=other.lot_stock_id, picking_type=self.warehouse.int_type_id)
        self.validate(arriving)
        self.assertEqual((arriving.state, self.on_hand(held, other.lot_stock_id)), ("done", 1))

    def test_a_count_of_expired_goods(self):
        quant = self._quant(self.expired).with_user(self.picker).with_context(inventory_mode=True)
        quant.inventory_quantity = 3
        quant.action_apply_inventory()
        self.assertEqual(self.on_hand(self.expired), 3)

    def test_a_count_finds_goods_where_none_were(self):
        quant = (
            self.env["stock.quant"]
            .with_user(self.picker)
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": self.device.id,
                    "lot_id": self.good.id,
                    "location_id": self.shelf.id,
                    "inventory_quantity": 2,
                }
            )
        )
        quant.action_apply_inventory()
        self.assertEqual(self.on_hand(self.good, self.shelf), 2)

    def test_a_box_is_opened_in_our_own_stock(self):
        box = self._box(self.make_lot("BOXED", status="quarantine", quantity=0))
        box.with_user(self.picker).unpack()
        self.assertFalse(box.quant_ids)

    def test_the_consignee_signs_after_the_goods_were_booked(self):
        picking = self._shipped()
        self.patch(type(picking), "_attach_sign", lambda picking: True)
        picking.with_user(self.picker).write({"signature": GIF})
        self.assertTrue(picking.is_signed)

    def test_a_delivery_is_validated_while_changes_are_tracked(self):
        """Mail's tracking empties the cursor's memory at every savepoint; the gate must not
        take that for another request."""
        picking = self.make_delivery(self.good).with_context(tracking_disable=False)
        self.validate(picking, tracking_disable=False)
        self.assertEqual(picking.state, "done")


@tagged("post_install", "-at_install")
class TestPlainProducts(WaysCase):
    """A product that is no device behaves as in plain Odoo, expired or not, with the gate on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.plain
        cls.good = cls.make_lot("PLAIN-GOOD", product=cls.plain)
        cls.expired = cls.make_lot("PLAIN-EXPIRED", days=-30, product=cls.plain)

    def tearDown(self):
        """Whatever happened to plain goods, the gate had nothing to say."""
        self.assertFalse(self.events("gate.passed"), "a plain product came before the gate")
        super().tearDown()


# What each attempt would have done to devices, done to plain products: none is refused.
_DEVICES_ONLY = {
    # these build devices of their own
    "manufacture_with_an_expired_component",
    "unbuild_an_expired_device",
    "manufacture_straight_into_the_customers_location",
}


def _plain(function):
    def test(self):
        seen = self._last_event_id()
        function(self)()
        self.assertFalse(self._refusals_since(seen))

    return test


for _name, (_function, _rules, _model) in ATTEMPTS.items():
    if _name not in _DEVICES_ONLY:
        _test = _plain(_function)
        _test.__name__ = f"test_plain_{_name}"
        _test.__doc__ = f"{_name.replace('_', ' ')}: as in plain Odoo for a plain product"
        setattr(TestPlainProducts, _test.__name__, _test)
