import ast
import base64

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import printing

MOST = 20_000


class MedEvidenceInspection(models.TransientModel):
    """Hand events to an inspector, on paper or as a sheet. That it was done is evidence too."""

    _name = "med.evidence.inspection"
    _description = "Export for inspection"

    search_domain = fields.Char("Selection", required=True, default="[]", readonly=True)
    count = fields.Integer("Number of events", compute="_compute_count")
    reason = fields.Char("For whom and why", required=True)
    file_format = fields.Selection([("pdf", "PDF"), ("xlsx", "XLSX")], "Format", required=True, default="pdf")
    content = fields.Binary("File", readonly=True, attachment=False)
    file_name = fields.Char("File name", readonly=True)
    digest = fields.Char("SHA-256 of the content", readonly=True)

    def _compute_count(self):
        for export in self:
            export.count = self.env["med.evidence.event"].search_count(export._domain())

    def _domain(self):
        try:
            return list(ast.literal_eval(self.search_domain or "[]"))
        except (ValueError, SyntaxError, TypeError) as error:
            raise UserError(self.env._("Choose the events in the list, then export them.")) from error

    def _printed(self, events):
        _ = self.env._
        kinds = dict(self.env["med.evidence.event"]._selection_kind())
        return printing.Table(
            title=_("Evidence for inspection"),
            facts=(
                (_("Company"), ", ".join(self.env.companies.mapped("name"))),
                (_("Exported by"), self.env.user.name),
                (_("Exported at"), format_datetime(self.env, fields.Datetime.now())),
                (_("For whom and why"), self.reason),
                (_("Number of events"), str(len(events))),
            ),
            headers=(
                _("Event number"),
                _("Time (UTC)"),
                _("Person"),
                _("What"),
                _("Record"),
                _("What happened"),
                _("Reason"),
            ),
            rows=tuple(
                (
                    str(event.id),
                    f"{event.recorded_at:%Y-%m-%d %H:%M:%S}",
                    event.user_name,
                    kinds.get(event.kind, event.kind),
                    f"{event.model_label or ''} {event.res_name or ''}".strip(),
                    event.summary or "",
                    event.reason or "",
                )
                for event in events
            ),
            page_label=_("Page {page} of {pages}"),
        )

    def action_export(self):
        self.ensure_one()
        events = self.env["med.evidence.event"].search(self._domain(), limit=MOST + 1, order="id")
        if not events:
            raise UserError(self.env._("There are no such events."))
        if len(events) > MOST:
            raise UserError(
                self.env._(
                    "These are more than %(most)s events. Choose a shorter time or fewer records.", most=f"{MOST:,}"
                )
            )
        table = self._printed(events)
        if self.file_format == "xlsx":
            content = printing.xlsx(table)
        else:
            content = printing.pdf(table, (5, 11, 9, 10, 18, 33, 14))
        self.write(
            {
                "content": base64.b64encode(content),
                "file_name": f"evidence-{table.digest[:12]}.{self.file_format}",
                "digest": table.digest,
            }
        )
        body = {
            "format": self.file_format,
            "count": len(events),
            "first": events[0].id,
            "last": events[-1].id,
            "content_sha256": table.digest,
            "domain": self.search_domain,
        }
        self.env["med.evidence.event"]._record(
            "evidence.exported", [{"record": None, "body": body, "reason": self.reason}]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export for inspection"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
