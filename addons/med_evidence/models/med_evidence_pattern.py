from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..lib import patterns


class MedEvidencePattern(models.Model):
    """What counts as unusual, as data: changed by an evidence manager, and its change is evidence."""

    _name = "med.evidence.pattern"
    _inherit = ["med.evidence.tracked"]
    _description = "Unusual pattern"
    _order = "sequence, id"

    name = fields.Char("Pattern", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    measure = fields.Selection(
        [
            ("crowded", "Many within a time"),
            ("back_to_back", "One right after the other"),
            ("night", "At night or at the weekend"),
        ],
        required=True,
        default="crowded",
    )
    kinds = fields.Char("Kinds of event", required=True, help="Codes, separated by commas: gate.overridden, signature")
    kinds_label = fields.Char("Looks at", compute="_compute_kinds_label")
    threshold = fields.Integer("At least", required=True, default=5, help="How often, by one person.")
    seconds = fields.Integer(
        "Within (seconds)",
        default=3600,
        help="For “many”: the length of the time looked at. For “one after the other”: the longest pause between two.",
    )
    hour_from = fields.Integer("Night from (hour)", default=22)
    hour_to = fields.Integer("to (hour)", default=6)
    weekend = fields.Boolean("Weekends too")

    _evidence_fields = (
        "name",
        "active",
        "measure",
        "kinds",
        "threshold",
        "seconds",
        "hour_from",
        "hour_to",
        "weekend",
    )

    _sane = models.Constraint(
        "CHECK (threshold >= 1 AND seconds >= 1 AND hour_from BETWEEN 0 AND 23 AND hour_to BETWEEN 0 AND 23)",
        "A pattern needs at least one event, one second, and hours between 0 and 23.",
    )

    @api.constrains("kinds")
    def _check_kinds(self):
        for pattern in self:
            if not pattern._kinds():
                raise ValidationError(self.env._("Name at least one kind of event, for instance: signature"))

    def _kinds(self):
        return [kind.strip() for kind in (self.kinds or "").split(",") if kind.strip()]

    @api.depends("kinds")
    @api.depends_context("lang")
    def _compute_kinds_label(self):
        labels = self.env["med.evidence.event"]._kind_labels()
        for pattern in self:
            pattern.kinds_label = ", ".join(labels.get(kind, kind) for kind in pattern._kinds())

    def _judge(self, acts):
        """The findings of this one pattern among ``acts`` (list of ``patterns.Act``)."""
        kinds = set(self._kinds())
        acts = [act for act in acts if act.kind in kinds]
        if self.measure == "night":
            return patterns.at_night(acts, self.threshold, self.hour_from, self.hour_to, weekend=self.weekend)
        judge = patterns.crowded if self.measure == "crowded" else patterns.back_to_back
        return judge(acts, self.threshold, timedelta(seconds=self.seconds))

    @api.model
    def _cron_look(self):
        """Look at yesterday and today; what was found before is not reported twice."""
        since = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=2)
        everything = self.search([])
        acts = self._acts(since, {kind for pattern in everything for kind in pattern._kinds()})
        for pattern in everything:
            for finding in pattern._judge(acts):
                self.env["med.evidence.alarm"]._raise_finding(pattern, finding)

    def _acts(self, since, kinds):
        seal = self.env["med.evidence.seal"].search([("sealed_at", "<", since)], limit=1)
        rows = self.env.execute_query(
            SQL(
                """SELECT id, user_id, company_id, kind, recorded_at,
                          CASE WHEN kind = 'signature' THEN body::json ->> 'act' END
                   FROM med_evidence_event
                   WHERE kind = ANY(%s) AND id > %s AND recorded_at >= %s AND user_id != %s""",
                sorted(kinds),
                # late events have older ids than the seal; a day's room is what sealing allows them too
                seal.max_event_id if seal else 0,
                since,
                self.env.ref("base.user_root").id,
            )
        )
        zones = {company.id: ZoneInfo(company.partner_id.tz or "UTC") for company in self.env["res.company"].search([])}
        utc = ZoneInfo("UTC")
        return [
            patterns.Act(
                event_id,
                user_id,
                company_id,
                kind,
                at,
                at.replace(tzinfo=UTC).astimezone(zones.get(company_id, utc)),
                act,
            )
            for event_id, user_id, company_id, kind, at, act in rows
        ]
