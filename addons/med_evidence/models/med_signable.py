import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..exceptions import SignatureRefusedError
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
    signature_steps = fields.Html("Signatures in order", compute="_compute_signature_steps", sanitize=False)

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

    def _sign(self, meaning, credential, reason=None, shown=None):
        """Sign each record of the set in one act of the current user.

        :param str meaning: one of ``_signature_meanings``
        :param dict credential: see ``med.signature.identity._identify``; checked now,
            whatever session or API key brought the user here (21 CFR 11.200(a))
        :param dict shown: {record id: SHA-256 of the snapshot the signer saw}; when given,
            every record must be in it and still say the same
        :return: the new signatures
        :raises UserError: wrong credential, not allowed, not in turn, unknown meaning, changed content
        """
        identity = self.env["med.signature.identity"]
        if meaning not in self._signature_meanings():
            raise UserError(self.env._("“%(meaning)s” is not a meaning of a signature here.", meaning=meaning))
        self._signature_check(meaning)
        self._signature_check_order(meaning)
        snapshots = [canonical.dumps(record._signature_snapshot(meaning)) for record in self]
        hashes = [canonical.digest(snapshot) for snapshot in snapshots]
        if shown is not None and shown != dict(zip(self.ids, hashes, strict=True)):
            raise SignatureRefusedError(identity._sentence_changed())
        facts = identity._identify(credential, self, meaning, hashes)
        signatures = self._append_signatures(meaning, snapshots, facts, reason)
        self._signature_applied(meaning, signatures)
        identity._remember()
        return signatures

    def _append_signatures(self, meaning, snapshots, facts, reason=None, signer=None):
        """Write one event and one signature per record, in one act.

        :param dict facts: of the event; ``auth`` says how the signer was identified
        :param dict signer: ``signer_name`` and ``drawing`` of somebody without an account
        """
        user = self.env.user
        act = str(uuid.uuid4())
        event_ids = self.env["med.evidence.event"]._record(
            "signature",
            [
                {
                    "record": record,
                    "reason": reason,
                    "body": {
                        "meaning": meaning,
                        "snapshot_sha256": canonical.digest(snapshot),
                        "act": act,
                        "records_in_act": len(self),
                        **facts,
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
                    "auth_method": facts["auth"],
                    "res_model": self._name,
                    "res_id": record.id,
                    "res_name": record.display_name,
                    "company_id": record.company_id.id if "company_id" in record._fields else self.env.company.id,
                    "snapshot": snapshot,
                    "snapshot_hash": canonical.digest(snapshot),
                    **(signer or {}),
                }
                for record, snapshot, event_id in zip(self, snapshots, event_ids, strict=True)
            ]
        )
        self.invalidate_recordset(["signature_ids", "signature_steps"])
        return signatures

    def _valid_signatures(self, meaning):
        """The signatures with that meaning that still stand for the record as it is."""
        return self.signature_ids.filtered(lambda s: s.meaning == meaning and not s.is_void)

    # Order and separation of duties -------------------------------------------------------

    def _signature_check_order(self, meaning):
        """Refuse who is not in turn (plan) or signed the other half already (duty); the refusal
        is evidence, since the error rolls everything else back."""
        problems = self.env["med.signature.plan"]._problems(self, meaning)
        problems += self.env["med.signature.duty"]._problems(self, meaning)
        if problems:
            self.env["med.evidence.event"]._record_refused(
                "signature.refused",
                [{"record": record, "body": {"meaning": meaning, "cause": cause}} for record, cause, _s in problems],
            )
            raise SignatureRefusedError("\n".join(sentence for _r, _c, sentence in problems))

    @api.depends("signature_ids")
    def _compute_signature_steps(self):
        labels = self._signature_meanings()
        self.signature_steps = False
        for plans, records in self.env["med.signature.plan"]._by_company(self):
            for record in records if plans else ():
                steps = [
                    {
                        "label": labels.get(line.meaning, line.meaning),
                        "group": line.group_id.display_name,
                        "signed": [
                            f"{signature.signer_name or signature.user_name}, "
                            f"{format_datetime(self.env, signature.signed_at)}"
                            for signature in record._valid_signatures(line.meaning)
                        ],
                    }
                    for line in plans[:1].line_ids
                ]
                record.signature_steps = self.env["ir.qweb"]._render("med_evidence.signature_steps", {"steps": steps})

    def action_sign(self):
        """Open the signing dialog; the meaning comes from the button's context."""
        meaning = self.env.context.get("sign_meaning")
        if meaning not in self._signature_meanings():
            raise UserError(self.env._("Say what the signature means before signing."))
        self._signature_check(meaning)
        self._signature_check_order(meaning)
        return {
            "type": "ir.actions.act_window",
            "name": self._signature_meanings()[meaning],
            "res_model": "med.evidence.sign",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "dialog_size": "large" if len(self) > 1 else "medium",
                "default_res_model": self._name,
                "default_res_ids": ",".join(map(str, self.ids)),
                "default_meaning": meaning,
            },
        }
