"""Every way round that plain Odoo leaves open to an ordinary stock user: tried with the gate
on, when it is refused, said and recorded, and with the gate off, when Odoo lets it happen
(so that each attempt is a real one)."""

import json
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import QualityCase

ATTEMPTS = {}


def attempt(*rules, recorded_on="stock.picking"):
    """Register a way round, the rules that refuse it and the record its refusal is told on."""

    def register(function):
        ATTEMPTS[function.__name__] = (function, rules, recorded_on)
        return function

    return register


class Ways:
    """Each attempt builds what it needs with full rights, then acts as the picker."""

    # Validating an expired lot -----------------------------------------------------------

    @attempt("expired")
    def validate_an_expired_lot(self):
        return lambda: self.validate(self.expired_delivery)

    @attempt("expired")
    def validate_with_every_context_key(self):
        keys = dict.fromkeys(
            (
                "skip_expired",
                "skip_sanity_check",
                "skip_backorder",
                "skip_immediate",
                "cancel_backorder",
                "tracking_disable",
                "mail_notrack",
                "import_file",
                "install_mode",
                "inventory_mode",
                "is_scrap",
                "ignore_dest_packages",
                "med_gate_off",
                "med_status_token",
                "med_evidence_append",
                "med_reserve_terms",
            ),
            True,
        )
        return lambda: self.validate(self.expired_delivery, **keys)

    @attempt("expired")
    def validate_through_the_expiry_wizard(self):
        Wizard = self.env["expiry.picking.confirmation"].with_user(self.picker)
        picking = self.expired_delivery
        context = {
            "button_validate_picking_ids": picking.ids,
            "skip_sms": True,
            "skip_backorder": True,
        }
        context["default_lot_ids"] = [Command.set(self.expired.ids)]
        wizard = Wizard.with_context(**context).create({"picking_ids": [Command.link(picking.id)]})
        return lambda: wizard.process()

    @attempt("expired")
    def validate_through_the_backorder_wizard(self):
        self.expired_delivery.move_ids.product_uom_qty = 3

        def act():
            context = {"skip_sms": True, "skip_expired": True}
            action = self.expired_delivery.with_user(self.picker).with_context(**context).button_validate()
            wizard = self.env[action["res_model"]].with_user(self.picker).with_context(**action["context"]).create({})
            wizard.with_context(**context).process()

        return act

    @attempt("expired")
    def finish_the_picking_directly(self):
        return lambda: self.expired_delivery.with_user(self.picker)._action_done()

    @attempt("expired")
    def finish_as_superuser(self):
        """Crons and automations run as superuser; the goods are no less expired."""
        return lambda: self.expired_delivery.sudo()._action_done()

    @attempt("expired")
    def validate_a_draft(self):
        picking = self.make_delivery(self.expired)
        draft = picking.copy({"move_ids": [Command.clear()]})
        self.env["stock.move"].create(
            {
                "product_id": self.device.id,
                "product_uom_qty": 1,
                "picking_id": draft.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "move_line_ids": [Command.create(self._line(self.expired, 1, self.customers, draft))],
            }
        )
        return lambda: self.validate(draft, skip_expired=True)

    @attempt("expired", "no_picking", recorded_on="stock.move")
    def move_without_picking(self):
        move = self._bare_move(self.expired)
        return lambda: move.with_user(self.picker)._action_done()

    @attempt("no_picking", recorded_on="stock.move")
    def move_a_good_lot_without_picking(self):
        move = self._bare_move(self.good)
        return lambda: move.with_user(self.picker)._action_done()

    @attempt("expired")
    def swap_the_lot_before_validating(self):
        picking = self.make_delivery(self.good)

        def act():
            picking.move_line_ids.with_user(self.picker).lot_id = self.expired
            self.validate(picking, skip_expired=True)

        return act

    @attempt("expired")
    def redirect_the_line_of_an_internal_transfer(self):
        picking = self.make_delivery(self.expired, destination=self.shelf, picking_type=self.warehouse.int_type_id)

        def act():
            picking.move_line_ids.with_user(self.picker).location_dest_id = self.customers
            self.validate(picking, skip_expired=True)

        return act

    @attempt("lot_missing")
    def ship_without_lot(self):
        picking = self.make_delivery(self.good)
        picking.move_line_ids.lot_id = False
        self.warehouse.out_type_id.write({"use_create_lots": False, "use_existing_lots": False})
        return lambda: self.validate(picking)

    @attempt("lot_missing")
    def ship_a_lot_typed_on_the_spot(self):
        picking = self.make_delivery(self.good)
        picking.move_line_ids.write({"lot_id": False, "lot_name": "TYPED-1"})
        self.warehouse.out_type_id.write({"use_create_lots": True, "use_existing_lots": False})
        return lambda: self.validate(picking)

    @attempt("lot_not_released")
    def ship_a_quarantined_lot_by_its_typed_name(self):
        picking = self.make_delivery(self.good)
        self.make_lot("QUARANTINED", status="quarantine")
        picking.move_line_ids.write({"lot_id": False, "lot_name": "QUARANTINED"})
        self.warehouse.out_type_id.write({"use_create_lots": True, "use_existing_lots": True})
        return lambda: self.validate(picking)

    # Moving stock by writing a place --------------------------------------------------------

    @attempt("licence_invalid", "no_picking", recorded_on="stock.move")
    def write_the_lots_location(self):
        return lambda: self.good.with_user(self.picker).write({"location_id": self.customers.id})

    @attempt("licence_invalid", "no_picking", recorded_on="stock.move")
    def write_the_packages_location(self):
        package = self.env["stock.package"].create({"name": "BOX-1"})
        lot = self.make_lot("PACKED", quantity=0)
        self.env["stock.quant"]._update_available_quantity(self.device, self.stock, 2, lot_id=lot, package_id=package)
        return lambda: package.with_user(self.picker).write({"location_id": self.customers.id})

    @attempt("licence_invalid", "no_picking", recorded_on="stock.move")
    def relocate_quants(self):
        quants = self.env["stock.quant"].search([("lot_id", "=", self.good.id), ("location_id", "=", self.stock.id)])
        return lambda: quants.with_user(self.picker).move_quants(location_dest_id=self.customers)

    @attempt("licence_invalid", "no_picking", recorded_on="stock.move")
    def count_goods_into_the_customers_location(self):
        def act():
            quant = (
                self.env["stock.quant"]
                .with_user(self.picker)
                .with_context(inventory_mode=True)
                .create(
                    {
                        "product_id": self.device.id,
                        "lot_id": self.good.id,
                        "location_id": self.customers.id,
                        "inventory_quantity": 5,
                    }
                )
            )
            quant.action_apply_inventory()

        return act

    # Rewriting what was shipped ---------------------------------------------------------------

    @attempt("history_edit")
    def swap_the_lot_of_a_done_line(self):
        return lambda: self._done_line().with_user(self.picker).write({"lot_id": self.expired.id})

    @attempt("history_edit")
    def swap_the_quant_of_a_done_line(self):
        quant = self.env["stock.quant"].search([("lot_id", "=", self.expired.id), ("location_id", "=", self.stock.id)])
        return lambda: self._done_line().with_user(self.picker).write({"quant_id": quant.id})

    @attempt("history_edit")
    def set_the_done_quantity_to_zero(self):
        return lambda: self._done_line().with_user(self.picker).write({"quantity": 0})

    @attempt("history_edit")
    def raise_the_done_quantity_on_the_move(self):
        return lambda: self._done_line().move_id.with_user(self.picker).write({"quantity": 4})

    @attempt("history_edit")
    def redirect_a_done_line(self):
        return lambda: self._done_line().with_user(self.picker).write({"location_dest_id": self.shelf.id})

    @attempt("history_edit")
    def redirect_a_done_internal_line_to_customers(self):
        picking = self.make_delivery(self.good, destination=self.shelf, picking_type=self.warehouse.int_type_id)
        self.validate(picking)
        return lambda: picking.move_line_ids.with_user(self.picker).write({"location_dest_id": self.customers.id})

    @attempt("history_edit")
    def change_the_owner_of_a_done_line(self):
        return lambda: self._done_line().with_user(self.picker).write({"owner_id": self.hospital.id})

    @attempt("history_edit")
    def change_the_package_of_a_done_line(self):
        package = self.env["stock.package"].create({"name": "BOX-2"})
        return lambda: self._done_line().with_user(self.picker).write({"result_package_id": package.id})

    @attempt("history_edit")
    def redate_a_done_line(self):
        line = self._shipped_before()
        return lambda: line.with_user(self.picker).write({"date": self.long_ago})

    @attempt("history_edit")
    def redate_a_done_move(self):
        line = self._shipped_before()
        return lambda: line.move_id.with_user(self.picker).write({"date": self.long_ago})

    @attempt("history_edit")
    def redate_a_done_picking(self):
        line = self._shipped_before()
        return lambda: line.picking_id.with_user(self.picker).write({"date_done": self.long_ago})

    @attempt("history_edit")
    def change_the_consignee(self):
        other = self._partner("Other hospital")
        return lambda: self._done_line().picking_id.with_user(self.picker).write({"partner_id": other.id})

    @attempt("history_edit")
    def reopen_a_done_move(self):
        return lambda: self._done_line().move_id.with_user(self.picker).write({"state": "draft"})

    @attempt("history_edit")
    def add_a_line_to_a_done_move(self):
        done = self._done_line()
        return lambda: (
            self.env["stock.move.line"]
            .with_user(self.picker)
            .create(
                {
                    **self._line(self.expired, 1, self.customers, done.picking_id),
                    "move_id": done.move_id.id,
                }
            )
        )

    @attempt("state_write")
    def add_a_line_to_a_done_picking(self):
        done = self._done_line()
        return lambda: (
            self.env["stock.move.line"]
            .with_user(self.picker)
            .create(self._line(self.expired, 1, self.customers, done.picking_id))
        )

    @attempt("history_edit")
    def import_a_line_into_a_done_move(self):
        done = self._done_line()
        rows = [
            [
                str(done.picking_id.id),
                str(done.move_id.id),
                str(self.device.id),
                str(self.expired.id),
                "1",
                str(self.stock.id),
                str(self.customers.id),
            ]
        ]
        names = [
            "picking_id/.id",
            "move_id/.id",
            "product_id/.id",
            "lot_id/.id",
            "quantity",
            "location_id/.id",
            "location_dest_id/.id",
        ]

        def act():
            result = self.env["stock.move.line"].with_user(self.picker).with_context(import_file=True).load(names, rows)
            self._raise_import_errors(result)

        return act

    # Done without moving -----------------------------------------------------------------------

    @attempt("history_edit")
    def create_a_done_move_with_lines(self):
        return lambda: (
            self.env["stock.move"]
            .with_user(self.picker)
            .create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": 1,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                    "picking_id": self.expired_delivery.id,
                    "state": "done",
                    "move_line_ids": [
                        Command.create(self._line(self.expired, 1, self.customers, self.expired_delivery))
                    ],
                }
            )
        )

    @attempt("state_write")
    def write_the_moves_state(self):
        return lambda: self.expired_delivery.move_ids.with_user(self.picker).write({"state": "done"})

    @attempt("state_write")
    def write_the_moves_state_with_zero_demand(self):
        moves = self.expired_delivery.move_ids
        return lambda: moves.with_user(self.picker).write({"state": "done", "product_uom_qty": 0})

    @attempt("state_write")
    def write_the_pickings_state(self):
        return lambda: self.expired_delivery.with_user(self.picker).write({"state": "done"})

    # Stock from nothing ---------------------------------------------------------------------------

    @attempt("quant_write", recorded_on="product.product")
    def write_the_quantity_of_a_quant(self):
        quant = self._quant(self.good)
        return lambda: quant.with_user(self.picker).write({"quantity": 1})

    @attempt("quant_write", recorded_on="product.product")
    def write_the_lot_of_a_quant(self):
        quant = self._quant(self.expired)
        return lambda: quant.with_user(self.picker).write({"lot_id": self.make_lot("EMPTY", quantity=0).id})

    @attempt("quant_write", recorded_on="product.product")
    def write_the_reservation_of_a_quant(self):
        quant = self._quant(self.good)
        return lambda: quant.with_user(self.picker).write({"reserved_quantity": 0.5})

    @attempt("quant_write", recorded_on="product.product")
    def create_a_quant(self):
        return lambda: (
            self.env["stock.quant"]
            .with_user(self.picker)
            .create(
                {
                    "product_id": self.device.id,
                    "lot_id": self.good.id,
                    "location_id": self.shelf.id,
                    "quantity": 7,
                }
            )
        )

    # What a lot is -----------------------------------------------------------------------------------

    @attempt("lot_identity", recorded_on="stock.lot")
    def rename_a_shipped_lot(self):
        lot = self._done_line().lot_id
        return lambda: lot.with_user(self.picker).write({"name": "OTHER"})

    @attempt("lot_identity", recorded_on="stock.lot")
    def rename_a_shipped_lot_as_quality(self):
        lot = self._done_line().lot_id
        return lambda: lot.with_user(self.quality).write({"name": "OTHER"})

    @attempt("lot_identity", recorded_on="stock.lot")
    def prolong_a_shipped_lot(self):
        lot = self._done_line().lot_id
        later = fields.Datetime.now() + timedelta(days=2000)
        return lambda: lot.with_user(self.picker).write({"expiration_date": later})

    @attempt("history_edit", recorded_on="stock.package")
    def rename_a_shipped_package(self):
        package = self.env["stock.package"].create({"name": "BOX-3"})
        picking = self.make_delivery(self.good)
        picking.move_line_ids.result_package_id = package
        self.validate(picking)
        return lambda: package.with_user(self.picker).write({"name": "BOX-4"})


@tagged("post_install", "-at_install")
class TestDoors(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.long_ago = fields.Datetime.now() - timedelta(days=400)
        cls.shelf = cls.env["stock.location"].create({"name": "Shelf", "location_id": cls.stock.id})
        cls.good = cls.make_lot("GOOD")
        cls.expired = cls.make_lot("EXPIRED", days=-2)
        cls.expired_delivery = cls.make_delivery(cls.expired)

    def _bare_move(self, lot):
        move = self.env["stock.move"].create(
            {
                "product_id": self.device.id,
                "product_uom_qty": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "partner_id": self.hospital.id,
                "move_line_ids": [
                    Command.create(
                        {
                            **self._line(lot, 1, self.customers, self.env["stock.picking"]),
                            "picking_id": False,
                        }
                    )
                ],
            }
        )
        move._action_confirm()
        move.picked = True
        return move

    def _done_line(self):
        picking = self.make_delivery(self.good, quantity=2)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        # what follows is another request
        picking.move_line_ids._med_passed().clear()
        return picking.move_line_ids

    _shipped_before = _done_line

    def _quant(self, lot):
        return self.env["stock.quant"].search([("lot_id", "=", lot.id), ("location_id", "=", self.stock.id)])

    def _last_event_id(self):
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT coalesce(max(id), 0) FROM med_evidence_event")
            return cr.fetchone()[0]

    def _refusals_since(self, event_id):
        """What was committed in cursors of their own since; the test's own events are not."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                "SELECT res_model, body FROM med_evidence_event WHERE kind = 'gate.refused' AND id > %s",
                [event_id],
            )
            return [{"model": model, **json.loads(body)} for model, body in cr.fetchall()]

    def _raise_import_errors(self, result):
        """An import answers with messages instead of raising; the cause is what counts."""
        if result["ids"] is False:
            raise AssertionError(result["messages"])


def _refused(name, function, rules, model):
    def test(self):
        act = function(self)
        seen = self._last_event_id()
        if name.startswith("import_"):
            with self.assertRaisesRegex(AssertionError, "finished"), self.env.cr.savepoint():
                act()
        else:
            with self.assertRefused(*rules):
                act()
        recorded = self._refusals_since(seen)
        self.assertEqual({event["model"] for event in recorded}, {model})
        self.assertEqual({finding["rule"] for event in recorded for finding in event["findings"]}, set(rules))

    test.__name__ = f"test_refused_{name}"
    test.__doc__ = f"{name.replace('_', ' ')}: refused by {', '.join(rules)} and recorded"
    return test


def _open(name, function):
    def test(self):
        self.gate_off()
        function(self)()

    test.__name__ = f"test_with_the_gate_off_odoo_lets_{name}"
    test.__doc__ = f"{name.replace('_', ' ')}: possible in plain Odoo"
    return test


for _name, (_function, _rules, _model) in ATTEMPTS.items():
    _test = _refused(_name, _function, _rules, _model)
    setattr(TestDoors, _test.__name__, _test)
    _test = _open(_name, _function)
    setattr(TestDoors, _test.__name__, _test)
