"""What people do with the evidence, in a real browser."""

import base64
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..models.med_evidence_alarm import ALARM_TOKEN
from .authenticator import Authenticator
from .common import EvidenceCase

LOGIN = "t_auditor"


@tagged("post_install", "-at_install")
class TestTours(EvidenceCase, HttpCase):
    def _action(self, name, record=None):
        return f"/odoo/action-med_evidence.{name}" + (f"/{record.id}" if record else "")

    def _access_review(self):
        action = self.env["med.access.review"].with_user(self.auditor).action_take()
        return self.env["med.access.review"].with_user(self.auditor).browse(action["res_id"])

    def test_signing_with_the_content_before_the_eyes(self):
        self.start_tour(self._action("med_access_review_action"), "med_evidence_sign", login=LOGIN)
        review = self.env["med.access.review"].search([], limit=1)
        self.assertEqual((review.signature_ids.user_id, review.note), (self.auditor, "All as it should be."))

    def test_many_alarms_are_signed_in_one_act(self):
        self.env["med.evidence.alarm"].with_context(med_alarm_token=ALARM_TOKEN).search([]).state = "reviewed"
        alarms = (
            self.env["med.evidence.alarm"]
            .with_context(med_alarm_token=ALARM_TOKEN)
            .create(
                [
                    {"name": f"The {name} alarm", "user_id": self.env.user.id, "note": f"A note on the {name}"}
                    for name in ("first", "second")
                ]
            )
        )
        self.start_tour(self._action("med_evidence_alarm_action"), "med_evidence_series", login=LOGIN)
        self.assertEqual(alarms.mapped("state"), ["reviewed", "reviewed"])
        self.assertEqual(sorted(alarms.signature_ids.mapped("res_id")), sorted(alarms.ids))

    def test_a_void_signature_is_seen(self):
        review = self._access_review()
        review._sign("access", self.credential)
        review.line_ids[:1].sudo().rights = "nothing"
        self.start_tour(self._action("med_access_review_action", review), "med_evidence_void", login=LOGIN)

    def test_searching_with_a_saved_filter(self):
        policy = self.env["med.evidence.pattern"].create({"name": "Tour subject", "kinds": "signature"})
        policy.threshold = 9
        self.start_tour(self._action("med_evidence_event_action"), "med_evidence_search", login=LOGIN)
        saved = self.env["ir.filters"].search([("name", "=", "About the subject")])
        self.assertEqual(saved.user_ids, self.auditor)

    def test_the_form_asks_for_the_reason(self):
        self._user("manager", "med_evidence.group_med_evidence_manager")
        self.env["med.evidence.reason.policy"].create(
            {"model_id": self.env["ir.model"]._get_id("med.signature.policy")}
        )
        self.start_tour(self._action("med_signature_policy_action"), "med_evidence_reason", login="t_manager")
        policy = self.env.ref("med_evidence.signature_policy")
        self.assertEqual(policy.session_minutes, 7)
        event = self.env["med.evidence.event"].search([("res_model", "=", policy._name)], limit=1)
        self.assertEqual(event.reason, "The auditors asked for it")

    def test_from_a_form_to_the_events_about_its_record(self):
        review = self._access_review()
        self.start_tour(self._action("med_access_review_action", review), "med_evidence_menu", login=LOGIN)

    def test_signing_with_a_passkey_of_the_browser(self):
        """Chromium's own authenticator holds the key; WebAuthn wants a name, not an address."""
        review = self._access_review()
        key = Authenticator()
        key.register(self.auditor)
        authenticate = type(self).authenticate

        def with_authenticator(case, *args, browser=None, **kwargs):
            if browser:
                ask = browser._websocket_request
                ask("WebAuthn.enable")
                options = {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
                made = ask("WebAuthn.addVirtualAuthenticator", params={"options": options})
                credential = {
                    "credentialId": base64.b64encode(key.credential).decode(),
                    "isResidentCredential": True,
                    "rpId": "localhost",
                    "privateKey": base64.b64encode(key.pkcs8).decode(),
                    "userHandle": base64.b64encode(str(self.auditor.id).encode()).decode(),
                    "signCount": 0,
                }
                ask(
                    "WebAuthn.addCredential",
                    params={"authenticatorId": made["authenticatorId"], "credential": credential},
                )
            return authenticate(case, *args, browser=browser, **kwargs)

        with (
            patch("odoo.tests.common.HOST", "localhost"),
            patch.object(type(self), "authenticate", with_authenticator),
        ):
            self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
            self.env.flush_all()
            self.start_tour(self._action("med_access_review_action", review), "med_evidence_passkey", login=LOGIN)
        self.assertEqual(review.signature_ids.auth_method, "passkey")
