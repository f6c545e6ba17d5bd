from odoo import fields, models
from odoo.exceptions import AccessDenied, UserError
from odoo.http import request

from ..lib import canonical


class MedSignable(models.AbstractModel):
    """A record that people sign. The model says what is signed and what it means."""

    _name = "med.signable"
    _description = "Records signed electronically"

    signature_ids = fields.One2many(
        "med.evidence.signature",
        "res_id",
        "Signatures",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )

    # What a model says -----------------------------------------------------------------

    def _signature_meanings(self):
        """{code: translated label} of what a signature on this model can mean."""
        return {}

    def _signature_snapshot(self, meaning):
        """What exactly is signed: a JSON dict of this one record, without floats."""
        raise NotImplementedError

    def _signature_display(self, meaning):
        """The snapshot for the eyes of the signer: {translated label: text or list of texts}."""
        return {
            name: value if isinstance(value, list) else str(value)
            for name, value in self._signature_snapshot(meaning).items()
        }

    def _signature_check(self, meaning):
        """Raise a UserError when the current user may not sign these records so."""

    def _signature_applied(self, meaning, signatures):
        """What the signature brings about, in the same transaction."""

    # Signing ---------------------------------------------------------------------------

    def _signature_hash(self, meaning):
        self.ensure_one()
        return canonical.digest(canonical.dumps(self._signature_snapshot(meaning)))

    def _sign(self, meaning, credential, reason=None):
        """Sign each record of the set in one act of the current user.

        :param str meaning: one of ``_signature_meanings``
        :param dict credential: ``{"type": "password", "password": ...}``; checked now,
            whatever session or API key brought the user here (21 CFR 11.200(a))
        :return: the new signatures
        :raises UserError: wrong credential, not allowed, unknown meaning
        """
        if meaning not in self._signature_meanings():
            raise UserError(self.env._("“%(meaning)s” is not a meaning of a signature here.", meaning=meaning))
        self._signature_check(meaning)
        method = self._signature_authenticate(meaning, credential)
        user = self.env.user
        snapshots = [canonical.dumps(record._signature_snapshot(meaning)) for record in self]
        event_ids = self.env["med.evidence.event"]._record(
            "signature",
            [
                {
                    "record": record,
                    "reason": reason,
                    "body": {
                        "meaning": meaning,
                        "auth": method,
                        "snapshot_sha256": canonical.digest(snapshot),
                    },
                }
                for record, snapshot in zip(self, snapshots, strict=True)
            ],
        )
        # The signature carries the very time of its event, read back from the database.
        self.env.cr.execute("SELECT id, recorded_at FROM med_evidence_event WHERE id = ANY(%s)", [event_ids])
        times = dict(self.env.cr.fetchall())
        signatures = self.env["med.evidence.signature"]._append_signature(
            [
                {
                    "event_id": event_id,
                    "user_id": user.id,
                    "user_name": user.sudo().name,  # sudo: the printed name, see MedEvidenceEvent._rows
                    "signed_at": times[event_id].replace(microsecond=0),
                    "meaning": meaning,
                    "reason": reason,
                    "auth_method": method,
                    "res_model": self._name,
                    "res_id": record.id,
                    "res_name": record.display_name,
                    "company_id": record.company_id.id if "company_id" in record._fields else self.env.company.id,
                    "snapshot": snapshot,
                    "snapshot_hash": canonical.digest(snapshot),
                }
                for record, snapshot, event_id in zip(self, snapshots, event_ids, strict=True)
            ]
        )
        self.invalidate_recordset(["signature_ids"])
        self._signature_applied(meaning, signatures)
        return signatures

    def _signature_authenticate(self, meaning, credential):
        """Check the signer's own credential now; a failure is evidence. Returns the method."""
        user = self.env.user
        refused = self.env._("The password is not right, so nothing was signed. Enter your own password again.")
        if self.env.su or credential.get("type") != "password" or not credential.get("password"):
            raise UserError(refused)
        credential = {"type": "password", "login": user.login, "password": credential["password"]}
        try:
            with user._assert_can_auth(user=user.login):
                # interactive: an API key is not a person re-identifying himself
                info = user.with_user(user)._check_credentials(credential, {"interactive": True})
        except AccessDenied as error:
            self.env["med.evidence.event"]._record_refused(
                "signature.failed",
                [
                    {
                        "record": record,
                        "body": {"meaning": meaning, "remote": self._signature_remote()},
                    }
                    for record in self
                ],
            )
            raise UserError(refused) from error
        if info["uid"] != user.id:
            raise UserError(refused)
        return info["auth_method"]

    def _signature_remote(self):
        return request.httprequest.remote_addr if request else None

    def _valid_signatures(self, meaning):
        """The signatures with that meaning that still stand for the record as it is."""
        return self.signature_ids.filtered(lambda s: s.meaning == meaning and not s.is_void)

    def action_sign(self):
        """Open the signing dialog; the meaning comes from the button's context."""
        meaning = self.env.context.get("sign_meaning")
        if meaning not in self._signature_meanings():
            raise UserError(self.env._("Say what the signature means before signing."))
        self._signature_check(meaning)
        return {
            "type": "ir.actions.act_window",
            "name": self._signature_meanings()[meaning],
            "res_model": "med.evidence.sign",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "dialog_size": "medium",
                "default_res_model": self._name,
                "default_res_ids": ",".join(map(str, self.ids)),
                "default_meaning": meaning,
            },
        }
