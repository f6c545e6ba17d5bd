from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PASSWORD
from .paper import PaperCase


@tagged("post_install", "-at_install")
class TestSignature(PaperCase):
    def test_a_signature_says_who_when_what_and_binds_the_content(self):
        signature = self.paper._sign("approve", self.credential, reason="checked")
        self.assertEqual(signature.user_id, self.signer)
        self.assertEqual(
            (signature.user_name, signature.meaning, signature.reason),
            ("Signer", "approve", "checked"),
        )
        self.assertEqual(signature.meaning_label, "I approve")
        self.assertEqual(signature.snapshot, '{"name":"Order 7"}')
        self.assertEqual(signature.auth_method, "password")
        self.assertEqual(signature.signed_at, signature.sudo().event_id.recorded_at.replace(microsecond=0))
        self.assertEqual(self.paper.applied, "approve")
        self.assertEqual(self.paper.signature_ids, signature)

    def test_a_changed_content_voids_the_signature_and_the_old_content_revives_it(self):
        signature = self.paper._sign("approve", self.credential)
        self.paper.name = "Order 8"
        signature.invalidate_recordset()
        self.assertTrue(signature.is_void)
        self.assertFalse(self.paper._valid_signatures("approve"))
        self.paper.name = "Order 7"
        signature.invalidate_recordset()
        self.assertFalse(signature.is_void)

    def test_what_is_not_signed_may_change(self):
        signature = self.paper._sign("approve", self.credential)
        self.paper.note = "something"
        signature.invalidate_recordset()
        self.assertFalse(signature.is_void)

    def test_a_wrong_password_signs_nothing_and_is_recorded(self):
        for password in ("wrong", "", None):
            with self.subTest(password), self.assertRaises(UserError):
                self.paper._sign("approve", {"type": "password", "password": password})
        self.assertFalse(self.paper.signature_ids)
        self.assertFalse(self.paper.applied)
        self.assertTrue(self.committed_events("signature.failed", self.paper))

    def test_somebody_elses_password_does_not_sign(self):
        other = self._user("other", "base.group_user")
        other.password = "another password"
        with self.assertRaises(UserError):
            self.paper._sign("approve", {"type": "password", "password": "another password"})

    def test_an_api_key_is_not_a_person(self):
        key = self.env["res.users.apikeys"].with_user(self.signer).sudo()._generate("rpc", "key", None)
        with self.assertRaises(UserError):
            self.paper._sign("approve", {"type": "password", "password": key})

    def test_the_superuser_signs_nothing(self):
        with self.assertRaises(UserError):
            self.paper.sudo()._sign("approve", self.credential)

    def test_the_models_own_check_comes_first(self):
        self.paper.name = "forbidden"
        with self.assertRaisesRegex(UserError, "not this one"):
            self.paper._sign("approve", self.credential)

    def test_an_unknown_meaning_is_refused(self):
        with self.assertRaises(UserError):
            self.paper._sign("whatever", self.credential)

    def test_many_records_are_signed_in_one_act(self):
        papers = self.env["med.test.paper"].with_user(self.signer).create([{"name": str(n)} for n in range(3)])
        signatures = papers._sign("witness", self.credential)
        self.assertEqual(signatures.mapped("snapshot"), ['{"name":"0"}', '{"name":"1"}', '{"name":"2"}'])

    def test_signatures_cannot_be_made_changed_moved_or_deleted_by_hand(self):
        signature = self.paper._sign("approve", self.credential)
        other = self.paper.copy()
        for attempt in (
            lambda: signature.sudo().write({"res_id": other.id}),
            lambda: signature.sudo().unlink(),
            lambda: signature.sudo().copy({"res_id": other.id}),
            lambda: signature.with_user(self.signer).create({"meaning": "approve"}),
        ):
            with self.subTest(attempt), self.assertRaises(AccessError):
                attempt()
        self.assertFalse(other.signature_ids)

    def test_the_dialog_signs_with_the_password_of_its_button(self):
        action = self.paper.with_context(sign_meaning="approve").action_sign()
        wizard = self.env["med.evidence.sign"].with_user(self.signer).with_context(**action["context"]).create({})
        self.assertIn("Order 7", wizard.content)
        self.assertEqual(wizard.meaning_label, "I approve")
        wizard.with_context(password=PASSWORD).action_sign()
        self.assertEqual(self.paper.signature_ids.meaning, "approve")
        self.assertNotIn(PASSWORD, str(wizard.read()))

    def test_a_signature_row_that_leaves_its_event_is_found(self):
        self.paper._sign("approve", self.credential)
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE med_evidence_signature DISABLE TRIGGER USER")
        self.env.cr.execute("UPDATE med_evidence_signature SET meaning = 'witness' WHERE res_model = 'med.test.paper'")
        self.env.cr.execute("ALTER TABLE med_evidence_signature ENABLE TRIGGER USER")
        codes = {finding["code"] for finding in self.env["med.evidence.seal"]._verify()["findings"]}
        self.assertEqual(codes, {"signature_differs"})
