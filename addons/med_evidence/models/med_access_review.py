import base64
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from .. import printing
from ..lib import canonical


class MedAccessReview(models.Model):
    """Who can do what today: users, groups, last login, rights over regulated records. Taken at
    one moment, printed, and signed as reviewed (GSPI 5.51 pt 3; Annex 11, 12; 21 CFR 11.300(b))."""

    _name = "med.access.review"
    _inherit = ["med.signable", "med.evidence.tracked"]
    _description = "Access review"
    _order = "id desc"
    _rec_name = "taken_at"

    taken_at = fields.Datetime("As of", required=True, readonly=True, default=fields.Datetime.now)
    taken_by_id = fields.Many2one("res.users", "Taken by", readonly=True, default=lambda self: self.env.user)
    line_ids = fields.One2many("med.access.review.line", "review_id", "Users", readonly=True)
    user_count = fields.Integer("Number of users", compute="_compute_user_count")
    note = fields.Text("What was found", help="Signed with the review: who is to lose or to get rights, and why.")
    is_signed = fields.Boolean("Reviewed", compute="_compute_is_signed")

    _evidence_fields = ("taken_at", "taken_by_id", "note")

    @api.depends("line_ids")
    def _compute_user_count(self):
        for review in self:
            review.user_count = len(review.line_ids)

    @api.depends("signature_ids")
    def _compute_is_signed(self):
        for review in self:
            review.is_signed = bool(review.signature_ids)

    @api.model
    def _regulated_models(self):
        """Models whose records are signed or tracked."""
        return [
            model._name
            for model in self.env.values()
            if not model._abstract
            and not model._transient
            and (hasattr(model, "_signature_snapshot") or getattr(model, "_evidence_fields", ()))
        ]

    def _rights(self):
        """(group id, model, create, change, delete) of every access right over regulated records."""
        return self.env.execute_query(
            SQL(
                """SELECT a.group_id, m.model, a.perm_create, a.perm_write, a.perm_unlink
                   FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id
                   WHERE a.active AND m.model = ANY(%s) AND (a.perm_create OR a.perm_write OR a.perm_unlink)""",
                self._regulated_models(),
            )
        )

    @api.model
    def action_take(self):
        """Take the list as of now."""
        if not self.env.user.has_group("med_evidence.group_med_auditor"):
            raise UserError(self.env._("Only auditors take the list of users and rights."))
        # sudo: auditors see every user of their companies here and nowhere else
        users = self.env["res.users"].sudo().with_context(active_test=False)
        users = users.search([("share", "=", False), ("company_ids", "in", self.env.companies.ids)], order="login")
        rows, names = self._rights(), {m: self.env["ir.model"]._get(m).name for m in self._regulated_models()}
        words = (self.env._("create"), self.env._("change"), self.env._("delete"))
        lines = []
        for user in users:
            groups, rights = set(user.all_group_ids.ids), {}
            for group_id, model, *perms in rows:
                if group_id is None or group_id in groups:
                    rights.setdefault(model, set()).update(i for i, perm in enumerate(perms) if perm)
            lines.append(
                {
                    "user_id": user.id,
                    "name": user.name,
                    "login": user.login,
                    "is_active": user.active,
                    "last_login": user.login_date,
                    "two_factor": bool(user.totp_enabled or user.auth_passkey_key_ids),
                    "groups": "\n".join(sorted(user.group_ids.mapped("full_name"))),
                    "rights": "\n".join(
                        f"{names[model]}: {', '.join(words[i] for i in sorted(perms))}"
                        for model, perms in sorted(rights.items(), key=lambda pair: names[pair[0]])
                    ),
                }
            )
        # sudo: the list is the system's, nobody enters it
        review = self.sudo().create({"taken_by_id": self.env.uid})
        self.env["med.access.review.line"].sudo().create([{**line, "review_id": review.id} for line in lines])
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": review.id,
            "views": [(False, "form")],
        }

    # Signing -----------------------------------------------------------------------------------

    def _signature_meanings(self):
        return {"access": self.env._("I reviewed who has access to what")}

    def _signature_snapshot(self, meaning):
        review = self.sudo()  # the signed content is the same whoever reads it
        lines = [
            [line.user_id.id, line.login, line.is_active, line.groups or "", line.rights or ""]
            for line in review.line_ids.sorted("id")
        ]
        return {
            "as_of": fields.Datetime.to_string(review.taken_at),
            "users": len(lines),
            "list_sha256": canonical.digest(canonical.dumps(lines)),
            "note": review.note or "",
        }

    def _signature_display(self, meaning):
        return {
            self.env._("As of"): format_datetime(self.env, self.taken_at),
            self.env._("Users"): [f"{line.name} ({line.login})" for line in self.line_ids],
            self.env._("SHA-256 of the list"): json.loads(json.dumps(self._signature_snapshot(meaning)))["list_sha256"],
            self.env._("What was found"): self.note or "–",
        }

    def _signature_check(self, meaning):
        if not self.env.user.has_group("med_evidence.group_med_auditor"):
            raise UserError(self.env._("Only auditors review access."))
        if any(review.signature_ids for review in self):
            raise UserError(self.env._("This list is reviewed already. Take a new one."))

    def write(self, vals):
        if any(review.signature_ids for review in self):
            raise UserError(self.env._("A reviewed list stays as it was signed. Take a new one."))
        if not self.env.su and vals.keys() - {"note", "evidence_reason"}:
            raise UserError(self.env._("Only the note is yours; the list is taken by the system."))
        return super().write(vals)

    # Print ---------------------------------------------------------------------------------------

    def action_print(self):
        """The list as PDF with page numbers and hash; printing is evidence."""
        self.ensure_one()
        self.check_access("read")
        _ = self.env._
        signed = [f"{s.user_name}, {format_datetime(self.env, s.signed_at)}" for s in self.signature_ids]
        table = printing.Table(
            title=_("Access review"),
            facts=(
                (_("As of"), format_datetime(self.env, self.taken_at)),
                (_("Taken by"), self.taken_by_id.name),
                (_("Reviewed"), "; ".join(signed) or "–"),
                (_("What was found"), self.note or "–"),
            ),
            headers=(_("User"), _("Login"), _("Last login"), _("Active"), _("Groups"), _("Rights")),
            rows=tuple(
                (
                    line.name,
                    line.login,
                    format_datetime(self.env, line.last_login) if line.last_login else "–",
                    _("Yes") if line.is_active else _("No"),
                    line.groups or "–",
                    line.rights or "–",
                )
                for line in self.line_ids
            ),
            page_label=_("Page {page} of {pages}"),
        )
        # sudo: a file that only the one who printed it downloads; attachments are not auditors' to make
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"access-review-{table.digest[:12]}.pdf",
                    "datas": base64.b64encode(printing.pdf(table, (12, 12, 12, 6, 24, 34))),
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        self.env["med.evidence.event"]._record(
            "evidence.exported", [{"record": self, "body": {"format": "pdf", "content_sha256": table.digest}}]
        )
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=true", "target": "self"}


class MedAccessReviewLine(models.Model):
    _name = "med.access.review.line"
    _description = "User in an access review"
    _order = "review_id desc, id"

    review_id = fields.Many2one("med.access.review", "Access review", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one("res.users", "User", required=True, readonly=True)
    name = fields.Char("Printed name", readonly=True)
    login = fields.Char("Login", readonly=True)
    is_active = fields.Boolean("Active", readonly=True)
    last_login = fields.Datetime("Last login", readonly=True)
    two_factor = fields.Boolean("Second factor", readonly=True)
    groups = fields.Text("Groups", readonly=True)
    rights = fields.Text("Rights", readonly=True)
