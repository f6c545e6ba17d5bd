import json
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..lib import canonical, retention

# One list is what a person can answer for, and one transaction.
MAX_EVENTS = 5000
LOOKED_AT_ONCE = 5000
# Nothing goes within a year, whatever a rule says.
FLOOR_DAYS = 366
# What proves other evidence stays with it: signatures, files, and what the log says of itself.
KEPT_KINDS = ("signature%", "evidence.%", "attachment.%", "clock.%", "anchor.%")
DISPOSAL_TOKEN = object()


class MedEvidenceDisposal(models.Model):
    """A list of events whose time of retention is over. Signed, they are deleted; what stays of each
    is its number, its hash, its day, its kind, its record, and until when it had to be kept.

    GSP 23; DIST 32, 38; MDR 10(8), 25(2); 21 CFR 11.10(c).
    """

    _name = "med.evidence.disposal"
    _inherit = ["med.signable"]
    _description = "Disposal of evidence"
    _order = "id desc"

    name = fields.Char("Disposal", required=True, readonly=True)
    company_id = fields.Many2one("res.company", "Company", required=True, readonly=True)
    proposed_on = fields.Date("As of", required=True, readonly=True)
    proposed_by_id = fields.Many2one("res.users", "Proposed by", required=True, readonly=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("done", "Disposed of"), ("dropped", "Dropped")],
        "Status",
        required=True,
        readonly=True,
        default="proposed",
    )
    proposal = fields.Text("Events", required=True, readonly=True, help="Canonical JSON: number, hash, kept until.")
    event_count = fields.Integer("Number of events", required=True, readonly=True)
    oldest = fields.Date("Oldest event", readonly=True)
    newest = fields.Date("Newest event", readonly=True)
    disposed_ids = fields.One2many("med.evidence.disposed", "disposal_id", "Events disposed of", readonly=True)

    # Proposing -------------------------------------------------------------------------------

    @api.model
    def action_propose(self):
        """Make a list of what may go today in the current company."""
        if not self.env.user.has_group("med_evidence.group_med_evidence_manager"):
            raise UserError(self.env._("Only an evidence manager proposes what is disposed of."))
        company, today = self.env.company, fields.Date.today()
        due = self._due(company, today)
        if not due:
            raise UserError(
                self.env._(
                    "No event of %(company)s may be disposed of: either its time is not over, or no signed rule under"
                    " Configuration > Retention rules says how long it is kept.",
                    company=company.name,
                )
            )
        # sudo: the list is the system's, nobody enters it
        disposal = self.sudo().create(
            {
                "name": self.env._("Disposal of %(day)s", day=format_date(self.env, today)),
                "company_id": company.id,
                "proposed_on": today,
                "proposed_by_id": self.env.uid,
                "proposal": canonical.dumps([[number, leaf, str(until)] for number, leaf, until, _day in due]),
                "event_count": len(due),
                "oldest": min(day for *_rest, day in due),
                "newest": max(day for *_rest, day in due),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": disposal.id,
            "views": [(False, "form")],
        }

    @api.model
    def _due(self, company, today, numbers=None):
        """[(event, hash of its leaf, kept until, day)] of sealed events whose time is over.

        :param list numbers: only among these events
        """
        rules, due, after = self.env["med.evidence.retention"]._dated_rules(), [], 0
        if not any(rule.is_signed for rule in rules):
            return []
        # sudo: an evidence manager answers for what he need not read
        Event = self.env["med.evidence.event"].sudo()
        while len(due) < MAX_EVENTS:
            rows = self.env.execute_query(
                SQL(
                    """SELECT e.id, encode(l.leaf_hash, 'hex'), e.recorded_at::date, e.kind
                       FROM med_evidence_event e JOIN med_evidence_leaf l ON l.row_id = e.id AND l.source = 'event'
                       WHERE e.id > %s AND e.company_id = %s AND e.recorded_at < %s AND NOT e.kind LIKE ANY(%s)
                         AND (%s OR e.id = ANY(%s))
                       ORDER BY e.id LIMIT %s""",
                    after,
                    company.id,
                    fields.Date.subtract(today, days=FLOOR_DAYS),
                    list(KEPT_KINDS),
                    numbers is None,
                    numbers or [],
                    LOOKED_AT_ONCE,
                )
            )
            if not rows:
                break
            facts = Event.browse([row[0] for row in rows])._retention_facts()
            for number, leaf, day, kind in rows:
                until = retention.retain(rules, kind, recorded=day, **facts[number])
                if until <= today:
                    due.append((number, leaf, until, day))
            after = rows[-1][0]
            self.env.invalidate_all()
        return due[:MAX_EVENTS]

    def action_drop(self):
        """This list is not signed; the events stay."""
        self.env["med.evidence.retention"].check_access("write")
        self.filtered(lambda disposal: disposal.state == "proposed")._set_state("dropped")

    def _set_state(self, state):
        # sudo: the state follows a signature or the button, nobody writes it
        self.sudo().with_context(med_disposal_token=DISPOSAL_TOKEN).write({"state": state})

    def write(self, vals):
        if self.env.context.get("med_disposal_token") is not DISPOSAL_TOKEN:
            raise UserError(self.env._("A disposal is signed or dropped, not changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A disposal is dropped, not deleted."))

    # Signing ---------------------------------------------------------------------------------

    def _signature_meanings(self):
        return {"dispose": self.env._("I have these events deleted, since their time is over")}

    def _signature_snapshot(self, meaning):
        disposal = self.sudo()  # the signed content is the same whoever reads it
        return {
            "disposal": disposal.name,
            "company": [disposal.company_id.id],
            "as_of": str(disposal.proposed_on),
            "events": disposal.event_count,
            "oldest": str(disposal.oldest),
            "newest": str(disposal.newest),
            "sha256": canonical.digest(disposal.proposal),
        }

    def _signature_check(self, meaning):
        if not self.env.user.has_group("med_evidence.group_med_evidence_manager"):
            raise UserError(self.env._("Only an evidence manager has evidence deleted."))
        self.check_access("read")
        today = fields.Date.today()
        for disposal in self:
            if disposal.state != "proposed":
                raise UserError(self.env._("“%(name)s” is closed: propose a new list.", name=disposal.name))
            lines = disposal._lines()
            now = {row[:2] for row in disposal._due(disposal.company_id, today, [line[0] for line in lines])}
            if {(number, leaf) for number, leaf, _until in lines} != now:
                raise UserError(
                    self.env._(
                        "Rules or records have changed since “%(name)s” was proposed: not all of its events may go."
                        " Drop it and propose a new list.",
                        name=disposal.name,
                    )
                )

    def _signature_applied(self, meaning, signatures):
        for disposal in self:
            disposal._dispose()

    def _lines(self):
        return [tuple(line) for line in json.loads(self.proposal)]

    def _dispose(self):
        """Write what stays of the events, then delete them; the database lets go only what is named."""
        lines = self._lines()
        numbers = [number for number, _leaf, _until in lines]
        # sudo: what is deleted need not be readable to whoever answers for it
        events = self.env["med.evidence.event"].sudo().browse(numbers)
        until = {number: date.fromisoformat(day) for number, _leaf, day in lines}
        leaves = {number: leaf for number, leaf, _until in lines}
        # sudo: such rows are written by a signed disposal only, and by nobody with rights of his own
        self.env["med.evidence.disposed"].sudo()._append_row(
            [
                {
                    "disposal_id": self.id,
                    "event_id": event.id,
                    "leaf_hash": leaves[event.id],
                    "kept_until": until[event.id],
                    "recorded_at": event.recorded_at.replace(microsecond=0),
                    "kind": event.kind,
                    "res_model": event.res_model,
                    "res_id": event.res_id,
                    "company_id": event.company_id.id,
                }
                for event in events
            ]
        )
        self.env["med.evidence.event"]._record(
            "evidence.disposed",
            [{"record": self, "body": {"count": len(lines), "sha256": canonical.digest(self.proposal)}}],
        )
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM med_evidence_event WHERE id = ANY(%s)", numbers))
        self.env.invalidate_all()
        self._set_state("done")


class MedEvidenceDisposed(models.Model):
    """What stays of an event that was deleted after its time."""

    _name = "med.evidence.disposed"
    _inherit = ["med.evidence.append.only"]
    _description = "Event disposed of"
    _order = "event_id"
    _rec_name = "event_id"
    _log_access = False

    disposal_id = fields.Many2one("med.evidence.disposal", "Disposal", required=True, readonly=True, index=True)
    event_id = fields.Integer("Event", required=True, readonly=True, aggregator=None)
    leaf_hash = fields.Char("Hash of the leaf (SHA-256)", required=True, readonly=True)
    kept_until = fields.Date("Kept until", required=True, readonly=True)
    recorded_at = fields.Datetime("Recorded at", required=True, readonly=True)
    kind = fields.Char("Kind", required=True, readonly=True)
    res_model = fields.Char("Record type", readonly=True)
    res_id = fields.Integer("Record ID", readonly=True, aggregator=None)
    company_id = fields.Many2one("res.company", "Company", readonly=True)

    _event_uniq = models.UniqueIndex("(event_id)", "An event is disposed of once.")
    # the bundle about a record asks what is gone of it
    _record_idx = models.Index("(res_model, res_id)")


class MedEvidenceEventRetention(models.Model):
    _inherit = "med.evidence.event"

    def _retention_facts(self):
        """{event id: ``markets``, ``expiry``, ``implant``} that the rules of retention ask for.

        Here nobody knows goods: as for an implant, which is kept longest. An addon that knows them says more.
        """
        # sudo: countries of companies are no secret, and the rules hold whoever asks
        europe = self.env.ref("base.europe").sudo().country_ids
        markets = {}
        for company in self.sudo().company_id:
            country = company.country_id
            codes = {"CN": ["cn"], "US": ["us"]}
            markets[company.id] = codes.get(country.code) or (["eu"] if country in europe else [])
        return {
            event.id: {"markets": markets.get(event.company_id.id, []), "expiry": None, "implant": True}
            for event in self
        }
