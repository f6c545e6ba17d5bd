from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.med_evidence.tests.common import PASSWORD

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestGate(QualityCase):
    def test_a_good_lot_leaves_and_its_passage_is_evidence(self):
        lot = self.make_lot("GOOD")
        picking = self.make_delivery(lot, quantity=3)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual((self.on_hand(lot), self.on_hand(lot, self.customers)), (7, 3))
        passed = self.events("gate.passed", picking)
        self.assertEqual([event["checkpoint"] for event in passed], ["ship"])
        self.assertEqual(passed[0]["line_ids"], picking.move_line_ids.ids)

    def test_what_a_movement_asks_for_is_read_together(self):
        """Odoo asks for a lot's properties and for both ends of a transfer one by one."""
        lot = self.make_lot("TOGETHER")
        picking = self.make_delivery(lot)
        self.env.invalidate_all()
        self.assertTrue(lot.name)
        with self.assertQueryCount(0):
            self.assertFalse(lot.lot_properties)
        self.env.invalidate_all()
        picking._pre_action_done_hook()
        with self.assertQueryCount(0):
            self.assertEqual((picking.location_id.usage, picking.location_dest_id.usage), ("internal", "customer"))

    def test_every_finding_of_every_line_is_told_at_once(self):
        lots = [
            self.make_lot("EXPIRED", days=-1),
            self.make_lot("QUARANTINED", status="quarantine"),
            self.make_lot("BOTH", days=-1, status="on_hold"),
        ]
        self.hospital.med_licence_ids.valid_to = fields.Date.today() - timedelta(days=1)
        picking = self.make_delivery(*lots)
        with self.assertRefused("expired", "lot_not_released", "licence_invalid") as refusal:
            self.validate(picking)
        message = refusal.exception.args[0]
        for part in ("EXPIRED", "QUARANTINED", "BOTH", f"L-{self.hospital.id}"):
            self.assertIn(part, message)
        self.assertEqual(len(refusal.exception.findings), 2 + 2 + 3)
        self.assertTrue(all(finding["clause"] for finding in refusal.exception.findings))

    def test_a_thousand_findings_are_all_recorded_and_some_are_shown(self):
        lots = [self.make_lot(f"X{n}", days=-1) for n in range(40)]
        with self.assertRefused("expired") as refusal:
            self.validate(self.make_delivery(*lots))
        self.assertEqual(len(refusal.exception.findings), 40)
        self.assertEqual(refusal.exception.args[0].count("•"), 25)
        self.assertIn("15", refusal.exception.args[0])

    def test_a_plain_product_ships_as_in_plain_odoo(self):
        lot = self.make_lot("PLAIN", days=-30, product=self.plain)
        picking = self.make_delivery(lot, partner=self.env["res.partner"])
        self.validate(picking, skip_expired=True)
        self.assertEqual(picking.state, "done")
        line = picking.move_line_ids
        line.with_user(self.picker).write({"quantity": 2})
        self.assertEqual(self.on_hand(lot), 8)
        self.assertFalse(self.events("gate.passed", picking))

    # Destinations that stay open ---------------------------------------------------------

    def test_expired_goods_go_back_to_the_supplier(self):
        lot = self.make_lot("EXPIRED", days=-1)
        picking = self.make_delivery(lot, destination=self.suppliers, partner=self._partner("Supplier"))
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def test_rejected_goods_are_scrapped(self):
        lot = self.make_lot("REJECTED", status="rejected")
        scrap = (
            self.env["stock.scrap"]
            .with_user(self.picker)
            .create(
                {
                    "product_id": self.device.id,
                    "lot_id": lot.id,
                    "scrap_qty": 4,
                    "location_id": self.stock.id,
                }
            )
        )
        scrap.action_validate()
        self.assertEqual(self.on_hand(lot), 6)

    def test_a_count_corrects_stock(self):
        lot = self.make_lot("COUNTED", status="quarantine")
        quant = self.env["stock.quant"].search([("lot_id", "=", lot.id)])
        quant.with_user(self.picker).with_context(inventory_mode=True).inventory_quantity = 8
        quant.with_user(self.picker).with_context(inventory_mode=True).action_apply_inventory()
        self.assertEqual(self.on_hand(lot), 8)

    def test_held_goods_move_inside_the_warehouse(self):
        lot = self.make_lot("HELD", status="on_hold")
        shelf = self.env["stock.location"].create({"name": "Quarantine", "location_id": self.stock.id})
        self.validate(self.make_delivery(lot, destination=shelf, picking_type=self.warehouse.int_type_id))
        self.assertEqual(self.on_hand(lot, shelf), 1)

    def test_a_customer_returns_what_he_got_even_when_it_expired(self):
        lot = self.make_lot("RETURNED")
        picking = self.make_delivery(lot, quantity=2)
        self.validate(picking)
        lot.sudo().with_user(self.quality).write({"expiration_date": fields.Datetime.now() - timedelta(days=1)})
        wizard = (
            self.env["stock.return.picking"]
            .with_user(self.picker)
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 2
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.move_ids.picked = True
        self.validate(returned)
        self.assertEqual(returned.state, "done")
        self.assertEqual(self.on_hand(lot, self.customers), 0)

    def test_a_backorder_takes_the_rest_later(self):
        lot = self.make_lot("PART")
        picking = self.make_delivery(lot, quantity=3)
        picking.move_line_ids.quantity = 2
        self.validate(picking, skip_backorder=False, picking_ids_not_to_backorder=[])
        wizard_context = {"button_validate_picking_ids": picking.ids, "skip_sms": True}
        wizard = (
            self.env["stock.backorder.confirmation"]
            .with_user(self.picker)
            .with_context(**wizard_context)
            .create(
                {
                    "pick_ids": [Command.link(picking.id)],
                    "backorder_confirmation_line_ids": [
                        Command.create({"to_backorder": True, "picking_id": picking.id})
                    ],
                }
            )
        )
        wizard.process()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.backorder_ids.move_ids.product_uom_qty, 1)

    # Receipt -------------------------------------------------------------------------------

    def test_an_archived_licence_stays_away_whatever_a_client_says(self):
        picking = self.make_delivery(self.make_lot("A"))
        self.hospital.med_licence_ids.active = False
        with self.assertRefused("licence_invalid"):
            self.validate(picking.with_context(active_test=False))

    def test_a_supplier_without_valid_licence_delivers_nothing(self):
        supplier = self._partner("Lapsed supplier", valid_days=-1)
        lot = self.make_lot("IN", quantity=0, status="quarantine")
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "partner_id": supplier.id,
                "location_id": self.suppliers.id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.device.id,
                            "product_uom_qty": 5,
                            "location_id": self.suppliers.id,
                            "location_dest_id": self.stock.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_line_ids.write({"lot_id": lot.id, "quantity": 5})
        picking.move_ids.picked = True
        with self.assertRefused("licence_invalid"):
            self.validate(picking)
        supplier.med_licence_ids.valid_to = self.today()
        self.validate(picking)
        self.assertEqual(self.on_hand(lot), 5)

    # Policies --------------------------------------------------------------------------------

    def test_a_warning_lets_pass_and_is_noted(self):
        self.policy("expired", "warn")
        picking = self.make_delivery(self.make_lot("EXPIRED", days=-1))
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        notes = self.events("gate.passed", picking)[0]["notes"]
        self.assertEqual([(note["rule"], note["effect"]) for note in notes], [("expired", "warn")])

    def test_an_archived_policy_stays_away_whatever_a_client_says(self):
        self.policy("expired", "off", picking_type_id=self.warehouse.out_type_id.id, active=False)
        self.policy("expired", "block")
        picking = self.make_delivery(self.make_lot("EXPIRED", days=-1))
        self.env.registry.clear_cache()
        with self.assertRefused("expired"):
            self.validate(picking.with_context(active_test=False))

    def test_a_policy_for_one_operation_type_beats_the_general_one(self):
        lot = self.make_lot("EXPIRED", days=-1)
        self.env["med.gate.policy"].create(
            {
                "rule": "expired",
                "effect": "off",
                "date_from": "2024-01-01",
                "picking_type_id": self.warehouse.out_type_id.id,
            }
        )
        self.validate(self.make_delivery(lot))
        other = self.warehouse.out_type_id.copy({"sequence_code": "OUT2"})
        with self.assertRefused("expired"):
            self.validate(self.make_delivery(lot, picking_type=other))

    def test_a_policy_counts_from_its_first_to_its_last_day(self):
        self.gate_off("expired")
        today = fields.Date.context_today(self.env.user.with_context(tz="Asia/Shanghai"))
        lot = self.make_lot("EXPIRED", days=-1)
        for first, last, in_force in ((0, 0, True), (1, 9, False), (-9, -1, False), (-9, 0, True)):
            policy = self.env["med.gate.policy"].create(
                {
                    "rule": "expired",
                    "date_from": today + timedelta(days=first),
                    "date_to": today + timedelta(days=last),
                }
            )
            picking = self.make_delivery(lot)
            with self.subTest(first=first, last=last):
                self.assertEqual(bool(self.env["med.gate"]._judge(picking.move_line_ids, "ship")), in_force)
            policy.active = False

    def test_a_company_that_moves_is_judged_by_the_law_of_its_new_country(self):
        germany, china = self.env.ref("base.de"), self.env.ref("base.cn")
        self.env.company.country_id = germany
        self.policy("expired", "block").country_id = germany
        picking = self.make_delivery(self.make_lot("EXPIRED", days=-1))
        judge = self.env["med.gate"]._judge
        self.assertTrue(judge(picking.move_line_ids, "ship"))
        for record in (self.env.company, self.env.company.partner_id):
            record.country_id = china
            self.assertFalse(judge(picking.move_line_ids, "ship"))
            record.country_id = germany
            self.assertTrue(judge(picking.move_line_ids, "ship"))
        self.env.company.partner_id = self.env["res.partner"].create({"name": "New seat", "country_id": china.id})
        self.assertFalse(judge(picking.move_line_ids, "ship"))

    def test_nobody_writes_policies_and_what_the_system_writes_is_evidence(self):
        policy = self.env.ref("med_quality.med_gate_policy_expired")
        for user in (self.picker, self.reviewer):
            with self.assertRaises(AccessError):
                policy.with_user(user).write({"effect": "warn"})
        with self.assertRaisesRegex(UserError, "signed proposal"):
            policy.with_user(self.quality).write({"effect": "warn"})
        with self.assertRaisesRegex(UserError, "signed proposal"):
            policy.with_user(self.quality).create({"rule": "expired", "effect": "off"})
        policy.write({"effect": "warn"})
        self.assertEqual(
            self.events("record.changed", policy)[-1],
            {"old": {"effect": "block"}, "new": {"effect": "warn"}},
        )
        with self.assertRaises(ValidationError):
            policy.date_to = "2000-01-01"

    def test_a_rule_that_fails_blocks(self):
        """A look-up that breaks must not pass goods silently."""
        from ..lib import registry

        rule = registry.rules()["expired"]
        broken = registry.Rule("expired", rule.clause, lambda line: line.no_such_fact, per_line=True)
        self.patch(registry, "_RULES", {**registry.rules(), "expired": broken})
        with self.assertRefused("expired") as refusal:
            self.validate(self.make_delivery(self.make_lot("GOOD")))
        self.assertEqual(refusal.exception.findings[0]["problem"], "unjudged")

    # Overrides ---------------------------------------------------------------------------------

    def _request(self, picking, lot, rule="shelf_life_short", quantity=1):
        return (
            self.env["med.gate.override"]
            .with_user(self.picker)
            .create(
                {
                    "picking_id": picking.id,
                    "lot_id": lot.id,
                    "rule": rule,
                    "quantity": quantity,
                    "reason": "surgery today",
                }
            )
        )

    def test_an_override_lets_one_movement_pass_once(self):
        self.policy("shelf_life_short", "override")
        self.hospital.med_min_shelf_life_days = 60
        lot = self.make_lot("SHORT", days=30)
        picking, second = self.make_delivery(lot), self.make_delivery(lot)
        override = self._request(picking, lot)
        with self.assertRefused("shelf_life_short") as refusal:
            self.validate(picking)
        self.assertIn("signature", refusal.exception.args[0])
        override.with_user(self.quality)._sign("override", self.credential)
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertTrue(override.used_at)
        self.assertTrue(self.events("gate.overridden", override))
        with self.assertRefused("shelf_life_short"):
            self.validate(second)

    def test_an_override_covers_its_quantity_its_lot_and_its_rule_only(self):
        self.policy("shelf_life_short", "override")
        self.policy("expired", "override")
        self.hospital.med_min_shelf_life_days = 60
        lot, other = self.make_lot("SHORT", days=30), self.make_lot("OTHER", days=30)
        for change in ({"quantity": 0.5}, {"lot": other}, {"rule": "expired"}):
            picking = self.make_delivery(lot)
            override = self._request(picking, **{"lot": lot, **change})
            override.with_user(self.quality)._sign("override", self.credential)
            with self.subTest(change), self.assertRefused("shelf_life_short"):
                self.validate(picking)

    def test_a_blocking_policy_knows_no_override(self):
        """Neither can one be signed, nor does one signed before the policy changed help."""
        lot = self.make_lot("EXPIRED", days=-1)
        picking = self.make_delivery(lot)
        override = self._request(picking, lot, "expired")
        with self.assertRaisesRegex(UserError, "knows no exceptions"):
            override.with_user(self.quality)._sign("override", self.credential)
        self.policy("expired", "override")
        override.with_user(self.quality)._sign("override", self.credential)
        self.policy("expired", "block")
        with self.assertRefused("expired"):
            self.validate(picking)

    def test_who_asks_does_not_sign_and_nobody_signs_by_writing(self):
        lot = self.make_lot("SHORT", days=30)
        override = (
            self.env["med.gate.override"]
            .with_user(self.quality)
            .create(
                {
                    "picking_id": self.make_delivery(lot).id,
                    "lot_id": lot.id,
                    "rule": "expired",
                    "quantity": 1,
                    "reason": "x",
                    "valid_until": "2099-01-01",
                    "requested_by_id": self.picker.id,
                }
            )
        )
        self.assertFalse(override.valid_until)
        self.assertEqual(override.requested_by_id, self.quality)
        with self.assertRaises(UserError):
            override._sign("override", self.credential)
        with self.assertRaises(UserError):
            override.with_user(self.picker)._sign("override", self.credential)
        with self.assertRaises(UserError):
            override.write({"valid_until": "2099-01-01"})

    # Asking beforehand ---------------------------------------------------------------------------

    def test_the_button_tells_before_anything_moves(self):
        picking = self.make_delivery(self.make_lot("EXPIRED", days=-1))
        params = picking.with_user(self.picker).action_med_check()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("EXPIRED", params["message"])
        good = self.make_delivery(self.make_lot("GOOD"))
        self.assertEqual(good.with_user(self.picker).action_med_check()["params"]["type"], "success")
        self.assertEqual(picking.state, "assigned")

    def test_the_message_is_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["med_quality"], ["zh_CN"])
        self.picker.lang = "zh_CN"
        with self.assertRefused("expired") as refusal:
            self.validate(self.make_delivery(self.make_lot("EXPIRED", days=-1)), lang="zh_CN")
        self.assertRegex(refusal.exception.args[0], "[\u4e00-\u9fff]{4}")

    # Cost ------------------------------------------------------------------------------------------

    def test_a_hundred_lines_cost_as_many_queries_as_ten(self):
        def queries(count, prefix):
            picking = self.make_delivery(*[self.make_lot(f"{prefix}{n}") for n in range(count)])
            lines = self.env["stock.move.line"].browse(picking.move_line_ids.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["med.gate"]._enforce(lines._med_devices()._med_leaving(), "ship")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1, "warm")
        self.assertEqual(queries(100, "b"), queries(10, "a"))

    def test_the_policy_form_offers_every_rule_by_name(self):
        form = Form(self.env["med.gate.policy"])
        form.rule = "expired"
        self.assertEqual(form.effect, "block")
        self.assertEqual(form.save().display_name, "Expired")
        self.assertTrue(PASSWORD)
