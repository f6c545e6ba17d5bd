import json
import secrets
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime

from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.http import request, root
from odoo.tools import SQL

from ..exceptions import SignatureRefusedError
from ..lib import passkey_proof, signing

# Any constant: with the user's id it names the lock that makes attempts of one user queue up.
ATTEMPT_LOCK = 0x7369676E
SESSION_KEY = "med_signing"
CHALLENGE_KEY = "med_signing_challenge"


class MedSignatureIdentity(models.AbstractModel):
    """Is the one who signs the one he says? Two components, every time a session begins.

    Nobody signs for somebody else: the superuser, a switched user and another person's
    credential are refused, and each refusal stays on file although the attempt is rolled back.
    """

    _name = "med.signature.identity"
    _description = "Identification of signers"

    # What is needed ------------------------------------------------------------------------

    @api.model
    def _needed(self):
        """The components that the current user's next signature takes (``lib.signing``)."""
        policy = self.env["med.signature.policy"]._current()
        with self.env.registry.cursor() as cr:
            failures = self._failures(cr, policy)
        return self._needed_after(failures, policy)

    def _needed_after(self, failures, policy):
        # without a request nobody sits at a keyboard: there is no name to type
        return signing.needed(
            continuous=signing.is_continuous(
                self._last_signing(), datetime.now(UTC).replace(tzinfo=None), failures, policy._pause
            ),
            totp=self.env.user.totp_enabled,
            login_counts=policy.login_counts or not request,
        )

    def _last_signing(self):
        """When the current user last signed in this very session of his browser, UTC."""
        state = (request and request.session.get(SESSION_KEY)) or {}
        if state.get("uid") != self.env.uid:
            return None
        return datetime.fromtimestamp(state["at"], UTC).replace(tzinfo=None)

    def _remember(self):
        """After a signature: the session goes on from here. Kept on the server, not in the client."""
        if request and request.session.uid == self.env.uid:
            request.session[SESSION_KEY] = {"uid": self.env.uid, "at": time.time()}

    # Identification ----------------------------------------------------------------------------

    @api.model
    def _identify(self, credential, records, meaning, hashes):
        """Check the current user's own credential now.

        :param dict credential: ``type`` ``password`` (``login``, ``password``, ``totp``) or
            ``webauthn`` (``webauthn_response``)
        :param records: what is to be signed; a failure is recorded on each
        :param list[str] hashes: of the snapshots, which a passkey signs itself
        :return: dict for the event: ``auth`` and, for a passkey, ``passkey`` (the proof)
        :raises SignatureRefusedError: with the remedy
        """
        attempt = str(uuid.uuid4())
        stranger = self._stranger()
        if stranger:
            self._failed(records, meaning, stranger, attempt)
            raise SignatureRefusedError(
                self.env._("Nobody signs for somebody else. Log in yourself and sign with your own credential.")
            )
        policy = self.env["med.signature.policy"]._current()
        now = datetime.now(UTC).replace(tzinfo=None)
        with self._attempts_queue() as cr:
            failures = self._failures(cr, policy)
            until = signing.locked_until(
                failures, limit=policy.failures_allowed, window=policy._window, duration=policy._lock
            )
            locked = until is not None and until > now
            if locked:
                cause, facts = "locked", None
            else:
                credential = self._complete(credential, failures, policy)
                cause, facts = self._try(credential, records, meaning, hashes)
            if cause is None:
                return facts
            # before the queue moves on, so that the next attempt counts this one
            self._failed(records, meaning, cause, attempt)
        if locked:
            raise SignatureRefusedError(self._sentence_locked(until))
        left = policy.failures_allowed - 1 - sum(now - at <= policy._window for at in failures)
        if left <= 0:
            self._locked(records, meaning, len(failures) + 1)
        raise SignatureRefusedError(self._refusal(cause, left))

    @contextmanager
    def _attempts_queue(self):
        """A cursor that sees the failures committed since this transaction began. Its lock lets
        guesses of one user's password queue up; side by side they would outrun the counting."""
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT pg_advisory_lock(%s, %s)", [ATTEMPT_LOCK, self.env.uid])
            try:
                # what was committed while we waited is visible to a new transaction only; this cursor is ours
                cr.commit()  # pylint: disable=invalid-commit
                yield cr
            finally:
                cr.execute("SELECT pg_advisory_unlock(%s, %s)", [ATTEMPT_LOCK, self.env.uid])

    def _stranger(self):
        """How the current user is not the person at the keyboard; None when he is."""
        user = self.env.user
        if self.env.su:
            return "superuser"
        if not user.active:
            return "inactive"
        if request and request.session.uid and request.session.uid != self.env.uid:
            return "switched_user"
        return None

    def _complete(self, credential, failures, policy):
        """The credential without blanks; an incomplete one is no attempt and counts for nothing."""
        credential = {key: value for key, value in (credential or {}).items() if value}
        if credential.get("type") == "webauthn" and credential.get("webauthn_response"):
            return credential
        given = [name for name in (signing.LOGIN, signing.PASSWORD, signing.TOTP) if name in credential]
        lacking = signing.missing(given, self._needed_after(failures, policy))
        if credential.get("type") != "password" or lacking:
            sentences = {
                signing.LOGIN: self.env._("Enter your user name: the first signature of a session takes it."),
                signing.PASSWORD: self.env._("Enter your own password to sign."),
                signing.TOTP: self.env._("Enter the code of your authenticator app."),
            }
            raise SignatureRefusedError("\n".join(sentences[name] for name in lacking or (signing.PASSWORD,)))
        return credential

    def _try(self, credential, records, meaning, hashes):
        """(None, facts of the event) when the credential is the current user's, (cause, None) when not."""
        user = self.env.user
        user = user.with_user(user)
        if credential["type"] == "webauthn":
            return self._try_passkey(user, credential["webauthn_response"], records, meaning, hashes)
        if credential.get("login", user.login).strip().casefold() != user.login.casefold():
            return "login", None
        try:
            with user._assert_can_auth(user=user.login):
                # interactive: an API key is not a person re-identifying himself
                info = user._check_credentials(
                    {"type": "password", "login": user.login, "password": credential["password"]},
                    {"interactive": True},
                )
        except AccessDenied:
            return "password", None
        if info["uid"] != user.id:
            return "password", None
        if "totp" not in credential or not user.totp_enabled:
            return None, {"auth": info["auth_method"]}
        if not request:
            raise SignatureRefusedError(self.env._("One-time codes are checked in the web client. Sign there."))
        digits = "".join(filter(str.isdigit, str(credential["totp"])))
        try:
            user._check_credentials({"type": "totp", "token": int(digits or -1)}, {"interactive": True})
        except AccessDenied:
            return "totp", None
        return None, {"auth": "password+totp"}

    # Passkey -----------------------------------------------------------------------------------

    @api.model
    def _passkey_options(self, records, meaning, hashes):
        """What the browser needs to ask for a passkey. The challenge is not just random: it is the
        digest of what is signed, so that the key's own signature covers the content."""
        options = self.env["auth.passkey.key"]._start_auth()
        nonce = secrets.token_hex(16)
        options["challenge"] = self._challenge(records, meaning, hashes, nonce)
        request.session["webauthn_challenge"] = options["challenge"]
        request.session[CHALLENGE_KEY] = nonce
        # only the signer's own keys: the browser does not offer those of a colleague
        keys = self.env.user.sudo().auth_passkey_key_ids  # sudo: the identifiers are hidden from users
        options["allowCredentials"] = [{"id": key.credential_identifier, "type": "public-key"} for key in keys]
        return options

    def _challenge(self, records, meaning, hashes, nonce):
        pairs = list(zip(records.ids, hashes, strict=True))
        return passkey_proof.challenge(nonce, self.env.uid, meaning, records._name, pairs)

    def _try_passkey(self, user, response, records, meaning, hashes):
        nonce = request and request.session.pop(CHALLENGE_KEY, None)
        if not nonce or request.session.get("webauthn_challenge") != self._challenge(records, meaning, hashes, nonce):
            raise SignatureRefusedError(self._sentence_changed())
        try:
            said = json.loads(response)
            with user._assert_can_auth(user=user.login):
                user._check_credentials({"type": "webauthn", "webauthn_response": response}, {"interactive": True})
        except (AccessDenied, ValueError, KeyError, TypeError):
            return "passkey", None
        # sudo: the key's public half is part of the proof that an auditor checks
        key = user.sudo().auth_passkey_key_ids.filtered(lambda k: k.credential_identifier == said["id"])
        proof = {
            "credential_id": said["id"],
            "public_key": key.public_key,
            "nonce": nonce,
            **{
                name: said["response"][spelled]
                for name, spelled in (
                    ("authenticator_data", "authenticatorData"),
                    ("client_data", "clientDataJSON"),
                    ("signature", "signature"),
                )
            },
        }
        return None, {"auth": "passkey", "passkey": proof}

    def _sentence_changed(self):
        return self.env._(
            "The content is no longer what was shown to you. Close this window, look at the record again, then sign."
        )

    # Failures ----------------------------------------------------------------------------------

    def _failures(self, cr, policy):
        """When the current user failed since his last signature (or since he was unlocked), UTC."""
        cr.execute(
            SQL(
                """SELECT min(recorded_at) FROM med_evidence_event f
                   WHERE user_id = %(uid)s AND kind = 'signature.failed'
                     AND recorded_at > (now() AT TIME ZONE 'UTC') - %(since)s
                     AND body::json ->> 'counts' = 'true'
                     AND NOT EXISTS (SELECT 1 FROM med_evidence_event s
                                     WHERE s.user_id = %(uid)s AND s.kind = 'signature' AND s.id > f.id)
                     AND NOT EXISTS (SELECT 1 FROM med_evidence_event u
                                     WHERE u.res_model = 'res.users' AND u.res_id = %(uid)s
                                       AND u.kind = 'signature.unlocked' AND u.id > f.id)
                   GROUP BY body::json ->> 'attempt' ORDER BY 1""",
                uid=self.env.uid,
                since=policy._window + policy._lock,
            )
        )
        return [at for (at,) in cr.fetchall()]

    def _sentence_locked(self, until):
        return self.env._(
            "Your signature is locked until %(time)s after repeated failures. The auditors know. If it was not you,"
            " tell them now; an evidence manager can unlock it.",
            time=fields.Datetime.context_timestamp(self, until).strftime("%H:%M"),
        )

    def _failed(self, records, meaning, cause, attempt):
        """On file whatever becomes of the transaction, once per record of the attempt."""
        if request and request.session.pop(SESSION_KEY, None):
            # by hand: Odoo keeps nothing of the session of a request that fails
            root.session_store.save(request.session)
        body = {
            "meaning": meaning,
            "cause": cause,
            "attempt": attempt,
            "counts": cause in ("login", "password", "totp", "passkey"),
            "remote": request.httprequest.remote_addr if request else None,
        }
        self.env["med.evidence.event"]._record_refused(
            "signature.failed", [{"record": record, "body": body} for record in records]
        )

    def _locked(self, records, meaning, count):
        """Tell the auditors at once, in a transaction that does not roll back with the attempt."""
        user = self.env.user
        self.env["med.evidence.event"]._record_refused(
            "signature.locked", [{"record": user, "body": {"failures": count, "meaning": meaning}}]
        )
        with self.env.registry.cursor() as cr:
            # sudo: the alarm is the system's, whoever set it off
            self.env(cr=cr)["med.evidence.alarm"].sudo()._raise_lockout(user.id, count, records._name, records.ids)

    def _refusal(self, cause, left):
        sentences = {
            "login": self.env._("This is not your user name, so nothing was signed. Nobody signs for somebody else."),
            "password": self.env._("The password is not right, so nothing was signed. Enter your own password again."),
            "totp": self.env._("The code is not right or was used already, so nothing was signed. Take the next one."),
            "passkey": self.env._("The passkey was not accepted, so nothing was signed. Use your own."),
        }
        if left <= 0:
            return sentences[cause] + "\n" + self.env._("Your signature is locked now, and the auditors were told.")
        if left <= 2:
            return sentences[cause] + "\n" + self.env._("Attempts left: %(count)s.", count=left)
        return sentences[cause]
