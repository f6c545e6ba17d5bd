"""A refusal explains itself, in words and as data; an override does what it says, once."""

import json

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.http import serialize_exception
from odoo.tests import tagged

from ..exceptions import GateRefusedError
from ..lib import registry, remedies
from .common import QualityCase


@tagged("post_install", "-at_install")
class TestVerdict(QualityCase):
    def test_a_refusal_is_data_with_clause_facts_remedy_and_role(self):
        lot = self.make_lot("EXPIRED", days=-1, status="on_hold")
        picking = self.make_delivery(lot, quantity=2)
        with self.assertRefused("expired", "lot_not_released") as refusal:
            self.validate(picking)
        sent = json.loads(json.dumps(serialize_exception(refusal.exception)))
        verdicts = {verdict["rule"]: verdict for verdict in sent["context"]["med_verdicts"]}
        expired = verdicts["expired"]
        self.assertEqual(expired["clause"], "GSP 87(3), 51(6); GSPI 7.76.2")
        self.assertEqual((expired["delivery"], expired["lot"], expired["quantity"]), (picking.name, "EXPIRED", "2.0"))
        self.assertEqual(list(expired["facts"]), ["expiry"])
        self.assertEqual(expired["severity"], "stop")
        self.assertEqual((expired["remedy"]["code"], expired["remedy"]["role"]), ("take_other_lot", "picker"))
        self.assertEqual(verdicts["lot_not_released"]["remedy"]["role"], "quality")
        self.assertIn(expired["message"], sent["message"])

    def test_the_same_over_rpc_before_anything_moves(self):
        picking = self.make_delivery(self.make_lot("EXPIRED", days=-1))
        gate = self.env["med.gate"].with_user(self.picker)
        self.assertEqual([verdict["rule"] for verdict in gate.judge(picking.move_line_ids.ids)], ["expired"])
        self.assertEqual(gate.judge(self.make_delivery(self.make_lot("GOOD")).move_line_ids.ids, "review"), [])
        with self.assertRaises(UserError):
            gate.judge(picking.move_line_ids.ids, "nowhere")
        outsider = self._user("outsider", "base.group_portal")
        with self.assertRaises(AccessError):
            gate.with_user(outsider).judge(picking.move_line_ids.ids)
        self.assertFalse(self.events("gate.refused", picking))

    def test_every_remedy_and_role_has_words_in_both_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang in ("en_US", "zh_CN"):
            gate = self.env["med.gate"].with_context(lang=lang)
            texts, roles = gate._remedy_texts(), gate._role_labels()
            self.assertEqual(set(roles), set(remedies.ROLES))
            for remedy in remedies._REMEDIES.values():
                self.assertTrue(texts.get(remedy.code), remedy)
        chinese, english = gate._remedy_texts(), self.env["med.gate"].with_context(lang="en_US")._remedy_texts()
        self.assertFalse([code for code in english if chinese[code] == english[code]])

    def test_every_rule_has_a_name_and_a_clause(self):
        labels = self.env["med.gate"]._rule_labels()
        for code, rule in registry.rules().items():
            self.assertIn(code, labels)
            self.assertTrue(rule.clause)

    def test_a_batch_names_the_delivery(self):
        pickings = self.make_delivery(self.make_lot("EXPIRED", days=-1)) | self.make_delivery(
            self.make_lot("HELD", status="on_hold")
        )
        with self.assertRaises(GateRefusedError) as refusal, self.env.cr.savepoint():
            pickings.with_user(self.picker).with_context(skip_sms=True).button_validate()
        for picking in pickings:
            self.assertIn(f"{picking.name}: ", refusal.exception.args[0])

    def test_a_lookup_that_fails_blocks(self):
        """Facts that cannot be read, a rule that nobody knows: the goods stay (T21)."""
        picking = self.make_delivery(self.make_lot("GOOD"))
        rules = dict(registry.rules())
        del rules["expired"]
        self.patch(registry, "_RULES", rules)
        with self.assertRefused("expired") as refusal:
            self.validate(picking)
        self.assertEqual(refusal.exception.findings[0]["problem"], "unjudged")

    def test_the_systems_own_user_is_refused_as_anybody(self):
        picking = self.make_delivery(self.make_lot("EXPIRED", days=-1))
        with self.assertRefused("expired"):
            picking.sudo().button_validate()

    def test_quantities_are_in_the_products_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        picking = self.make_delivery(self.make_lot("EXPIRED", days=-1, quantity=24))
        picking.move_line_ids.write({"product_uom_id": dozen.id, "quantity": 1})
        (verdict,) = self.env["med.gate"]._judge(picking.move_line_ids, "ship")
        self.assertEqual(verdict.line.quantity, 12)


@tagged("post_install", "-at_install")
class TestOverride(QualityCase):
    def _request(self, picking, lot, rule, quantity=1):
        values = {"picking_id": picking.id, "lot_id": lot.id, "rule": rule, "quantity": quantity, "reason": "urgent"}
        return self.env["med.gate.override"].with_user(self.picker).create(values)

    def _open(self, quantity):
        picking = self.make_delivery()
        picking.move_ids = [
            Command.create(
                {
                    "product_id": self.device.id,
                    "product_uom_qty": quantity,
                    "location_id": self.stock.id,
                    "location_dest_id": self.customers.id,
                }
            )
        ]
        picking.action_confirm()
        picking.action_assign()
        return picking

    def test_an_override_counts_in_the_products_unit_whatever_the_line_says(self):
        self.policy("expired", "override")
        dozen = self.env.ref("uom.product_uom_dozen")
        for allowed in (11, 12):
            lot = self.make_lot(f"OLD-{allowed}", days=-3, quantity=24)
            picking = self.make_delivery(lot)
            picking.move_line_ids.write({"product_uom_id": dozen.id, "quantity": 1})
            override = self._request(picking, lot, "expired", allowed)
            override.with_user(self.quality)._sign("override", self.credential)
            if allowed < 12:
                with self.assertRefused("expired"):
                    self.validate(picking)
            else:
                self.validate(picking)
                self.assertEqual(picking.move_line_ids.quantity_product_uom, 12)

    def test_a_signed_override_makes_the_lot_reservable_for_that_delivery(self):
        self.policy("lot_not_released", "override")
        self.policy("expired", "override")
        lot = self.make_lot("OLD-HELD", days=-3, status="on_hold")
        picking, other = self._open(5), self._open(5)
        self.assertFalse(picking.move_line_ids)
        overrides = self._request(picking, lot, "lot_not_released", 3) | self._request(picking, lot, "expired", 4)
        overrides[0].with_user(self.quality)._sign("override", self.credential)
        picking.action_assign()
        self.assertFalse(picking.move_line_ids, "one of two rules is not enough")
        overrides[1].with_user(self.quality)._sign("override", self.credential)
        (picking | other).action_assign()
        self.assertEqual(picking.move_line_ids.mapped("quantity"), [3])
        self.assertFalse(other.move_line_ids)
        quants = self.env["stock.quant"].search([("lot_id", "=", lot.id), ("location_id", "=", self.stock.id)])
        self.assertEqual([(quant.quantity, quant.reserved_quantity) for quant in quants], [(10, 3)])
        picking.move_ids.picked = True
        self.validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(set(overrides.mapped("state")), {"used"})
        backorder = picking.backorder_ids
        backorder.action_assign()
        self.assertFalse(backorder.move_line_ids, "used once")

    def test_lines_of_one_lot_share_the_quantity(self):
        self.policy("expired", "override")
        lot = self.make_lot("OLD", days=-3, quantity=4)
        picking = self.make_delivery(lot, lot, quantity=2)
        override = self._request(picking, lot, "expired", 3)
        override.with_user(self.quality)._sign("override", self.credential)
        with self.assertRefused("expired"):
            self.validate(picking)
        enough = self._request(picking, lot, "expired", 4)
        enough.with_user(self.quality)._sign("override", self.credential)
        self.validate(picking)
        self.assertTrue(enough.used_at)
        self.assertFalse(override.used_at)

    def test_the_policy_says_who_signs_and_how_long_it_counts(self):
        supervisor = self._user("supervisor", "med_master_data.group_med_supervisor")
        lot = self.make_lot("OLD", days=-3)
        picking = self.make_delivery(lot)
        self.policy("expired", "override")
        override = self._request(picking, lot, "expired")
        with self.assertRaisesRegex(UserError, "Only Quality"):
            override.with_user(supervisor)._sign("override", self.credential)
        self.policy("expired", "override", override_role="supervisor", override_hours=2)
        override.with_user(supervisor)._sign("override", self.credential)
        left = override.valid_until - fields.Datetime.now()
        self.assertAlmostEqual(left.total_seconds(), 7200, delta=60)

    def test_last_months_overrides_are_reported(self):
        self.policy("expired", "override")
        lot = self.make_lot("OLD", days=-3)
        override = self._request(self.make_delivery(lot), lot, "expired")
        override.with_user(self.quality)._sign("override", self.credential)
        last_month = fields.Datetime.subtract(fields.Datetime.now().replace(day=1), days=2)
        self.env.flush_all()
        self.env.cr.execute("UPDATE med_gate_override SET create_date = %s WHERE id = %s", [last_month, override.id])
        self.env.invalidate_all()
        self.env["med.gate.override"]._cron_report()
        report = self.events("override.report", self.env.company)[-1]
        self.assertEqual(report["month"], last_month.strftime("%Y-%m"))
        self.assertEqual(report["rules"]["expired"], {"signed": 1, "used": 0})
