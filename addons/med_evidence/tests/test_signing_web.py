"""Signing as the web client does it: over HTTP, in a session."""

import base64
import json
import time
from unittest.mock import patch

from odoo.http import root
from odoo.tests import HttpCase, tagged

from odoo.addons.auth_totp.models.totp import TOTP

from ..lib import passkey_proof
from .authenticator import Authenticator
from .common import PASSWORD
from .paper import PaperCase


@tagged("post_install", "-at_install")
class TestSigningWeb(PaperCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.authenticate("t_signer", "t_signer")

    def post(self, model, method, *args, **context):
        """The reply of one call as the web client makes it."""
        self.env.flush_all()
        params = {"model": model, "method": method, "args": args, "kwargs": {"context": context}}
        reply = self.opener.post(self.base_url() + "/web/dataset/call_kw", json={"params": params}).json()
        self.env.invalidate_all()
        return reply

    def attempt(self, papers=None, **said):
        papers = papers or self.paper
        defaults = {
            "default_res_model": "med.test.paper",
            "default_res_ids": ",".join(map(str, papers.ids)),
            "default_meaning": "approve",
        }
        wizard = self.post("med.evidence.sign", "create", [{}], **defaults)["result"]
        method = "action_sign_passkey" if "passkey" in said else "action_sign"
        return self.post("med.evidence.sign", method, wizard, **said)

    def sign(self, papers=None, **said):
        reply = self.attempt(papers, **said)
        self.assertNotIn("error", reply)

    def refused(self, sentence, papers=None, **said):
        reply = self.attempt(papers, **said)
        self.assertIn(sentence, reply["error"]["data"]["message"])

    # The session rule --------------------------------------------------------------------

    def test_the_first_signature_of_a_session_takes_name_and_password_the_next_the_password(self):
        self.refused("user name", password=PASSWORD)
        self.sign(login="t_signer", password=PASSWORD)
        self.sign(password=PASSWORD)
        self.assertEqual(len(self.paper.signature_ids), 2)

    def test_a_pause_ends_the_session(self):
        self.sign(login="t_signer", password=PASSWORD)
        with patch("odoo.addons.med_evidence.models.med_signature_identity.time") as clock:
            clock.time.return_value = time.time() - 11 * 60
            self.sign(password=PASSWORD)
        self.refused("user name", password=PASSWORD)

    def test_a_new_login_begins_a_new_session(self):
        self.sign(login="t_signer", password=PASSWORD)
        self.authenticate("t_signer", "t_signer")
        self.refused("user name", password=PASSWORD)

    def test_a_wrong_password_ends_the_session(self):
        self.sign(login="t_signer", password=PASSWORD)
        self.refused("not right", password="wrong")
        self.refused("user name", password=PASSWORD)

    def test_the_policy_may_take_the_login_as_the_first_component(self):
        self.env["med.signature.policy"].search([]).login_counts = True
        self.sign(password=PASSWORD)

    def test_somebody_elses_session_does_not_sign(self):
        """Code on the way that switches the user does not make him sign."""
        other = self._user("other", "base.group_user")
        session = root.session_store.get(self.session.sid)
        self.assertEqual(session.uid, self.signer.id)
        original = self.env.registry["med.test.paper"]._sign

        def switched(records, *args, **kwargs):
            return original(records.with_user(other), *args, **kwargs)

        with patch.object(self.env.registry["med.test.paper"], "_sign", switched):
            self.refused("for somebody else", login="t_other", password=PASSWORD)

    # One-time codes ----------------------------------------------------------------------

    def test_with_one_time_codes_on_the_first_signature_takes_one_and_each_code_once(self):
        secret = b"12345678901234567890"
        self.signer.sudo().totp_secret = base64.b32encode(secret).decode()
        self.env.flush_all()
        self.authenticate("t_signer", "t_signer")
        said = {"login": "t_signer", "password": PASSWORD}
        self.refused("authenticator app", **said)
        code = str(self._code(secret))
        self.refused("code is not right", totp="000000" if code != "000000" else "111111", **said)
        self.sign(totp=code, **said)
        self.assertEqual(self.paper.signature_ids.auth_method, "password+totp")
        self.authenticate("t_signer", "t_signer")
        self.refused("used already", totp=code, **said)

    def _code(self, secret):
        counter = int(time.time() / 30)
        from odoo.addons.auth_totp.models.totp import hotp

        self.assertEqual(TOTP(secret).match(hotp(secret, counter)), counter)
        return f"{hotp(secret, counter):06d}"

    # Passkeys ----------------------------------------------------------------------------

    def _passkey(self):
        key = Authenticator()
        key.register(self.signer)
        self.env["ir.config_parameter"].set_param("web.base.url", "http://localhost:8420")
        self.env.flush_all()
        self.authenticate("t_signer", "t_signer")
        return key

    def _options(self, papers=None):
        ids = ",".join(map(str, (papers or self.paper).ids))
        return self.post("med.evidence.sign", "passkey_options", "med.test.paper", ids, "approve")["result"]

    def test_a_passkey_signs_the_content_itself_and_leaves_the_proof(self):
        key = self._passkey()
        self.sign(passkey=key.answer(self._options(), "http://localhost:8420"))
        signature = self.paper.signature_ids
        self.assertEqual(signature.auth_method, "passkey")
        body = json.loads(signature.sudo().event_id.body)
        facts = {
            "uid": self.signer.id,
            "meaning": "approve",
            "res_model": "med.test.paper",
            "records": [[self.paper.id, signature.snapshot_hash]],
        }
        self.assertTrue(passkey_proof.verify(body["passkey"], **facts))
        for other in ({"uid": 1}, {"meaning": "witness"}, {"records": [[self.paper.id, "0" * 64]]}):
            self.assertFalse(passkey_proof.verify(body["passkey"], **{**facts, **other}), other)

    def test_a_passkey_used_for_one_content_does_not_sign_another(self):
        key = self._passkey()
        answer = key.answer(self._options(), "http://localhost:8420")
        self.paper.sudo().name = "Order 8"
        self.refused("no longer what was shown", passkey=answer)
        other = self.paper.copy({"name": "Order 9"})
        answer = key.answer(self._options(), "http://localhost:8420")
        self.refused("no longer what was shown", other, passkey=answer)
        self.assertFalse((self.paper | other).signature_ids)

    def test_a_passkeys_answer_counts_once(self):
        key = self._passkey()
        answer = key.answer(self._options(), "http://localhost:8420")
        self.sign(passkey=answer)
        self.refused("no longer what was shown", passkey=answer)
        self.assertEqual(len(self.paper.signature_ids), 1)

    def test_a_colleagues_passkey_does_not_sign(self):
        self._passkey()
        self.refused(
            "passkey was not accepted", passkey=Authenticator().answer(self._options(), "http://localhost:8420")
        )
        self.assertFalse(self.paper.signature_ids)

    def test_a_passkeys_series_is_bound_to_every_record(self):
        key = self._passkey()
        papers = self.paper | self.paper.copy({"name": "Order 9"})
        self.sign(papers, passkey=key.answer(self._options(papers), "http://localhost:8420"))
        self.assertEqual(len(papers.signature_ids), 2)
