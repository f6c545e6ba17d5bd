import base64
import hashlib

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date


class MedEvidenceBundle(models.TransientModel):
    """Asks what a bundle is to be about, and hands it out.

    Addons above add subjects: a value of ``subject``, a field, and a branch of
    ``_subject_records`` and ``_subject_title``.
    """

    _name = "med.evidence.bundle"
    _description = "Evidence bundle"

    subject = fields.Selection([("days", "Everything in these days")], "About", required=True, default="days")
    date_from = fields.Date("From", help="First day, by your time zone. Empty: from the beginning.")
    date_to = fields.Date("To", help="Last day, by your time zone. Empty: until now.")
    with_files = fields.Boolean("Enclose attached files", default=True)
    state = fields.Selection([("ask", "Choose"), ("done", "Made")], default="ask", required=True, readonly=True)
    content = fields.Binary("Bundle", readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)
    entry_count = fields.Integer("Entries", readonly=True)
    sha256 = fields.Char("SHA-256 of bundle.json", readonly=True)
    fingerprint = fields.Char("Signed with the key", readonly=True)
    left_out = fields.Text("What it does not show", readonly=True)

    # What addons above extend ----------------------------------------------------------

    def _subject_records(self):
        """The records the bundle is about, as a list of recordsets; none: about no records in particular."""
        return []

    def _subject_title(self):
        """What to call it, in the reader's language, e.g. «Lot A-17»."""
        return self.env._("All events")

    # Making ----------------------------------------------------------------------------

    def _days(self):
        """Domain of the chosen days, and their text."""
        domain, first, last = Domain.TRUE, self.date_from, self.date_to
        if first and last and first > last:
            raise UserError(self.env._("The last day is before the first one."))
        if first:
            domain &= Domain("recorded_at", ">=", self._utc(first))
        if last:
            domain &= Domain("recorded_at", "<", self._utc(fields.Date.add(last, days=1)))
        shown = [format_date(self.env, day) if day else "…" for day in (first, last)]
        return domain, " – ".join(shown) if first or last else self.env._("all")

    def _utc(self, day):
        """The instant at which this day begins where the user is, in UTC."""
        midnight = fields.Datetime.to_datetime(day).replace(tzinfo=self.env.tz)
        return fields.Datetime.to_string((midnight - midnight.utcoffset()).replace(tzinfo=None))

    def _chosen(self):
        records = self._subject_records()
        domain, days = self._days()
        if self.subject == "days":
            if not (self.date_from or self.date_to):
                raise UserError(self.env._("Choose the first or the last day."))
        else:
            records = [group for group in records if group]
            if not records:
                raise UserError(self.env._("Choose what the bundle is about."))
            for group in records:
                group.check_access("read")
            domain &= self.env["med.evidence.bundler"]._domain_of_records(records)
        return domain, days

    def action_make(self):
        """Seal what is new, collect, prove, sign, pack."""
        self.ensure_one()
        if not self.env["med.evidence.event"].has_access("read"):
            self.env["med.evidence.event"].check_access("read")
        domain, days = self._chosen()
        facts = {
            "title": self._subject_title(),
            "selection": [[self.env._("About"), self._subject_title()], [self.env._("Days"), days]],
        }
        self.env["med.evidence.seal"].sudo()._seal()  # sudo: the system seals, whoever asks
        # A new transaction, which sees the seal that was just made.
        with self.env.registry.cursor() as cr:
            bundler = self.env(cr=cr)["med.evidence.bundler"]
            payload, raw, files = bundler._bundle(domain, facts, self.with_files)
            packed = bundler._pack(payload, raw, files)
        self.env["med.evidence.bundler"]._record_made(facts, raw, payload)
        self.write(
            {
                "state": "done",
                "content": base64.b64encode(packed),
                "file_name": f"evidence-{payload['made_at'][:10]}-{hashlib.sha256(raw).hexdigest()[:8]}.zip",
                "entry_count": len(payload["entries"]),
                "sha256": hashlib.sha256(raw).hexdigest(),
                "fingerprint": payload["signed_with"],
                "left_out": "\n".join(payload["left_out"]),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Evidence bundle"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.autovacuum
    def _gc_bundles(self):
        """Bundles are large: they are not kept for days like other dialogs."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), hours=4)
        self.with_user(SUPERUSER_ID).search([("create_date", "<", limit)]).unlink()
