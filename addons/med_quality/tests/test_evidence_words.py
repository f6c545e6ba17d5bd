"""What the evidence list says of the gate's and the lots' events: words, no codes, in both languages."""

from odoo.tests import tagged

from .common import QualityCase


@tagged("post_install", "-at_install")
class TestEvidenceWords(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search([("name", "=", "med_quality")])._update_translations(["zh_CN"])

    def summary(self, kind, record, lang="en_US"):
        event = self.env["med.evidence.event"].search(
            [("kind", "=", kind), ("res_model", "=", record._name), ("res_id", "=", record.id)], limit=1
        )
        return event.with_context(lang=lang).summary

    def test_the_status_of_a_lot(self):
        lot = self.make_lot("W-1")
        lot._med_set_status("recalled")
        self.assertEqual(self.summary("lot.status", lot), "Quality status: Released → Recalled")
        chinese = self.summary("lot.status", lot, "zh_CN")
        self.assertIn("召回", chinese)
        self.assertNotRegex(chinese, "[A-Za-z]")

    def test_a_refusal_and_a_warning_say_their_sentence(self):
        self.policy("expired", "warn")
        lots = [self.make_lot(name, days=-1) for name in ("OLD-1", "OLD-2")]
        picking = self.make_delivery(*lots)
        self.validate(picking)
        passed = self.summary("gate.passed", picking)
        self.assertIn("Checkpoint: Shipping", passed)
        event = self.env["med.evidence.event"].search(
            [("kind", "=", "gate.passed"), ("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        )
        self.assertIn("lot OLD-1, OLD-2 expired on", event.facts)
        self.assertNotIn("line_ids", event.facts)
        told = (
            self.env["med.gate"]
            .with_context(lang="zh_CN")
            ._sentence_of_fact(
                {"rule": "expired", "problem": "past", "product": "P", "lots": [f"L{n}" for n in range(9)]}
            )
        )
        self.assertIn("L0, L1, L2, L3, L4 … (9)", told)
        self.assertRegex(told, "[\u4e00-\u9fff]")

    def test_what_nobody_knows_any_more_is_still_said(self):
        told = self.env["med.gate"]._sentence_of_fact({"rule": "gone", "problem": "x", "product": "P", "lot": None})
        self.assertIn("gone", told)
