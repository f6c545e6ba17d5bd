import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from odoo.addons.med_evidence.lib import canonical

from ..lib import first_approval
from .med_partner_licence import TRADE_KINDS

HEAD_GROUP = "med_master_data.group_med_quality_head"
PROPOSERS = ("med_master_data.group_med_quality", "med_master_data.group_med_purchasing")
ROLES = [("supplier", "Supplier"), ("customer", "Customer"), ("carrier", "Carrier"), ("product", "Product")]


class MedFirstApproval(models.Model):
    """First approval (首营) of a partner in one role, or of a product, for one company.

    Two people sign: one proposes with the documents at hand, the quality head approves. What they
    signed is frozen with the proposal. When something decisive changes later, this version ends
    and another one is needed; what was approved on an earlier day stays on record as it was.
    """

    _name = "med.first.approval"
    _inherit = ["med.signable", "med.evidence.tracked", "mail.thread", "mail.activity.mixin"]
    _description = "First approval"
    _order = "id desc"
    _check_company_auto = True
    _evidence_fields = ("role", "partner_id", "product_tmpl_id", "company_id", "state", "ended_at", "ended_reason")

    role = fields.Selection(ROLES, "Approval as", required=True, default="supplier")
    partner_id = fields.Many2one("res.partner", "Partner", index="btree_not_null", ondelete="restrict")
    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("med_is_device", "=", True)],
    )
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, default=lambda self: self.env.company
    )
    version = fields.Integer(readonly=True, copy=False, default=1, aggregator=None)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("ended", "Ended"),
        ],
        "Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    note = fields.Text("Reason for the trade", help="Why this partner or product is wanted, and what was looked at.")
    document_ids = fields.One2many("med.first.approval.document", "approval_id", "Documents", copy=True)
    problems = fields.Text("Still missing", compute="_compute_problems")
    content = fields.Text("Content as proposed", readonly=True, copy=False)
    proposed_by_id = fields.Many2one("res.users", "Proposed by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)
    ended_at = fields.Datetime("Ended on", readonly=True, copy=False)
    ended_reason = fields.Char("Why it ended", readonly=True, copy=False)
    active = fields.Boolean(default=True)

    _one_open = models.UniqueIndex(
        "(role, COALESCE(partner_id, 0), COALESCE(product_tmpl_id, 0), company_id)"
        " WHERE active AND state IN ('draft', 'proposed')",
        "A proposal for this partner or product is open already.",
    )
    _one_in_force = models.UniqueIndex(
        "(role, COALESCE(partner_id, 0), COALESCE(product_tmpl_id, 0), company_id) WHERE state = 'approved'",
        "This partner or product is approved already.",
    )

    @api.constrains("role", "partner_id", "product_tmpl_id")
    def _check_subject(self):
        for approval in self:
            product = approval.role == "product"
            if bool(approval.product_tmpl_id) != product or bool(approval.partner_id) == product:
                raise ValidationError(
                    self.env._(
                        "A first approval is of one product, or of one partner as supplier, customer or carrier."
                        " Choose the one that fits “%(role)s”.",
                        role=dict(self._fields["role"]._description_selection(self.env))[approval.role],
                    )
                )
            if approval.partner_id != approval.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(company)s. Propose the company itself.",
                        contact=approval.partner_id.display_name,
                        company=approval.partner_id.commercial_partner_id.display_name,
                    )
                )

    @api.depends("role", "partner_id", "product_tmpl_id", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for approval in self:
            name = approval._subject().display_name
            approval.display_name = f"{roles.get(approval.role, '')} {name or ''} #{approval.version}"

    def _subject(self):
        return self.product_tmpl_id if self.role == "product" else self.partner_id

    @api.onchange("role")
    def _onchange_role(self):
        if self.role == "product":
            self.partner_id = False
        else:
            self.product_tmpl_id = False
        if self.state == "draft":
            self.document_ids = [Command.clear(), *self._document_commands(self.role)]

    @api.model
    def _document_commands(self, role):
        requirements = self.env["med.first.approval.requirement"].search([("role", "=", role)])
        return [Command.create({"requirement_id": requirement.id}) for requirement in requirements]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # a proposal starts as one: what comes after is signed
            for name in ("state", "content", "proposed_by_id", "approved_by_id", "approved_at", "ended_at", "version"):
                vals.pop(name, None)
            if not vals.get("document_ids"):
                vals["document_ids"] = self._document_commands(vals.get("role") or "supplier")
        approvals = super().create(vals_list)
        for approval in approvals:
            others = self.sudo().with_context(active_test=False).search(approval._same_subject())  # sudo: all versions
            super(MedFirstApproval, approval.sudo()).write(
                {"version": max((other.version for other in others - approval), default=0) + 1}
            )
        return approvals

    def _same_subject(self):
        self.ensure_one()
        return (
            Domain("role", "=", self.role)
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("product_tmpl_id", "=", self.product_tmpl_id.id)
            & Domain("company_id", "=", self.company_id.id)
        )

    def write(self, vals):
        signed = self.filtered(lambda approval: approval.state != "draft")
        own = {name for name in vals if not name.startswith(("message_", "activity_")) and name != "evidence_reason"}
        decided = own & {"state", "content", "proposed_by_id", "approved_by_id", "approved_at", "ended_at", "version"}
        # su: the signature writes here, as no person may
        if not self.env.su and (decided or (signed and own)):
            raise UserError(
                self.env._(
                    "%(approval)s: what was proposed stays as it is. Sign the next step, or propose a new version.",
                    approval=(signed or self)[:1].display_name,
                )
            )
        return super().write(vals)

    # What is there and what is missing ---------------------------------------------------

    @api.depends("role", "partner_id", "product_tmpl_id", "document_ids.is_there", "document_ids.requirement_id")
    def _compute_problems(self):
        for approval in self:
            approval.problems = "\n".join(approval._problems()) or False

    def _problems(self):
        """Sentences: what hinders the proposal of this one."""
        self.ensure_one()
        _, found = self.env._, []
        today = fields.Date.context_today(self)
        if not self._subject():
            return [_("Choose the partner or the product.")]
        if self.role == "product":
            certificates = self.product_tmpl_id.sudo().med_registration_ids  # sudo: those of the company count
            if not certificates.filtered(lambda c: self._is_ours(c) and c._is_valid_on(today)):
                found.append(_("No registration or filing certificate is in force today. File it in the dossier."))
            if not self.product_tmpl_id.med_device_class:
                found.append(_("The device class is not given. Enter it in the dossier."))
        else:
            kinds = ("transport", "quality_agreement") if self.role == "carrier" else TRADE_KINDS
            licences = self.partner_id.med_licence_ids.filtered(
                lambda licence: licence.kind in kinds and self._is_ours(licence) and licence._is_valid_on(today)
            )
            if not licences:
                found.append(_("No licence for this role is in force today. File it on the partner."))
        lacking = self.document_ids.filtered(lambda d: d.requirement_id.is_required and not d.is_there)
        found += [
            _("“%(document)s” has neither a scan nor a reference.", document=document.requirement_id.name)
            for document in lacking
        ]
        return found

    def _is_ours(self, document):
        return not document.company_id or document.company_id == self.company_id

    # Signatures --------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "propose": self.env._("I propose this for first approval"),
            "approve": self.env._("I approve this for trade"),
            "reject": self.env._("I reject this proposal"),
            "withdraw": self.env._("I withdraw the approval"),
        }

    def _live_content(self):
        """What is proposed, as it is now."""
        # sudo: the signed content is the same whoever reads it
        approval = self.sudo().with_context(lang="en_US")
        subject = approval._subject()
        if approval.role == "product":
            papers = subject.med_registration_ids.filtered(approval._is_ours)
        else:
            papers = subject.med_licence_ids.filtered(approval._is_ours)
        return {
            "role": approval.role,
            "subject": [subject._name, subject.id, subject.display_name or ""],
            "company": approval.company_id.id,
            "version": approval.version,
            "facts": subject._med_decisive_values(),
            "papers": [
                [
                    paper.kind,
                    paper.number,
                    fields.Date.to_string(paper.valid_from) or "",
                    fields.Date.to_string(paper.valid_to) or "",
                ]
                for paper in papers.sorted("id")
            ],
            "documents": [
                [
                    document.requirement_id.name or "",
                    document.reference or "",
                    document.attachment_ids.sorted("id").mapped("checksum"),
                ]
                for document in approval.document_ids.sorted("id")
            ],
            "note": approval.note or "",
        }

    def _signature_snapshot(self, meaning):
        return json.loads(self.sudo().content) if self.sudo().content else self._live_content()

    def _signature_display(self, meaning):
        content = self._signature_snapshot(meaning)
        subject = self._subject()
        labels = subject.fields_get(list(content["facts"]), ["string"])
        facts = [
            f"{labels.get(name, {}).get('string', name)}: {subject._med_spoken(name, value)}"
            for name, value in content["facts"].items()
            if value
        ]
        return {
            self.env._("First approval"): self.display_name,
            self.env._("What it is"): facts,
            self.env._("Certificates and licences"): [
                f"{number} ({start or '…'} – {end or '…'})" for _kind, number, start, end in content["papers"]
            ],
            self.env._("Documents"): [
                f"{document.requirement_id.name}: "
                + (document.reference or ", ".join(document.attachment_ids.mapped("name")) or "–")
                for document in self.document_ids
            ],
            self.env._("Why"): content["note"] or "–",
        }

    def _signature_check(self, meaning):
        before = first_approval.TRANSITIONS[meaning][0]
        user = self.env.user
        if meaning == "propose":
            if not any(user.has_group(group) for group in PROPOSERS):
                raise UserError(self.env._("Purchasing or quality proposes a first approval. Ask one of them to sign."))
        elif not user.has_group(HEAD_GROUP):
            raise UserError(self.env._("The quality head decides on first approvals. Ask him to sign."))
        states = dict(self._fields["state"]._description_selection(self.env))
        for approval in self:
            if approval.state != before or not approval.active:
                raise UserError(
                    self.env._(
                        "%(approval)s is “%(state)s”; this signature needs “%(before)s”.",
                        approval=approval.display_name,
                        state=states[approval.state],
                        before=states[before],
                    )
                )
            if meaning == "propose" and approval.problems:
                raise UserError(
                    self.env._(
                        "%(approval)s cannot be proposed yet:\n%(problems)s",
                        approval=approval.display_name,
                        problems=approval.problems,
                    )
                )
            if meaning in ("approve", "reject") and approval.proposed_by_id == user:
                self.env["med.evidence.event"]._record_refused(
                    "signature.refused",
                    [{"record": approval, "body": {"meaning": meaning, "cause": "same_person"}}],
                )
                raise UserError(
                    self.env._(
                        "%(approval)s was proposed by you. A second person decides; ask another quality head.",
                        approval=approval.display_name,
                    )
                )
            if meaning == "approve" and canonical.dumps(approval._live_content()) != approval.content:
                raise UserError(
                    self.env._(
                        "%(approval)s: the record has changed since it was proposed. Reject it, and have it proposed"
                        " as it is now.",
                        approval=approval.display_name,
                    )
                )

    def _signature_applied(self, meaning, signatures):
        after = first_approval.TRANSITIONS[meaning][1]
        by_record = {signature.res_id: signature for signature in signatures}
        for approval in self.sudo():  # sudo: the signature writes what no person may
            signature = by_record[approval.id]
            if meaning == "propose":
                content = canonical.dumps(approval._live_content())
                approval.write({"state": after, "content": content, "proposed_by_id": signature.user_id.id})
                approval._ask_head()
                continue
            values = {"state": after, "approved_by_id": signature.user_id.id}
            if meaning == "approve":
                in_force = self.sudo().search(approval._same_subject() & Domain("state", "=", "approved"))
                in_force._end(self.env._("Replaced by version %s.", approval.version))
                values["approved_at"] = signature.signed_at
            else:
                values |= {"ended_at": signature.signed_at, "ended_reason": signature.reason or False}
            approval.write(values)
            approval.activity_ids.filtered("automated").action_feedback()
        self.env.flush_all()
        self._refresh_subjects()

    def _ask_head(self):
        """The approval is a to-do of a head who did not propose it."""
        self.ensure_one()
        head = self.company_id._med_quality_contact(HEAD_GROUP, but_not=self.proposed_by_id)
        if head:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.with_context(lang=head.lang).env._("Decide on a first approval"),
                user_id=head.id,
            )

    # Versions ----------------------------------------------------------------------------

    def _end(self, reason):
        """End approvals in force, now and for the future only."""
        if self:
            # sudo: whoever changed a decisive field has been checked; the end follows from it
            self.sudo().write({"state": "ended", "ended_at": fields.Datetime.now(), "ended_reason": reason})
            self.env.flush_all()
            self._refresh_subjects()

    def _refresh_subjects(self):
        """Write on products and partners what is in force for them."""
        for name in ("product_tmpl_id", "partner_id"):
            subjects = self.sudo().mapped(name)  # sudo: the flag tells all companies
            if not subjects:
                continue
            groups = self.sudo()._read_group(
                [(name, "in", subjects.ids), ("state", "=", "approved")], [name], ["id:recordset"]
            )
            found = {
                subject: first_approval.pack((a.role, a.company_id.id) for a in approvals)
                for subject, approvals in groups
            }
            for subject in subjects:
                subject.med_approved_as = found.get(subject) or False

    @api.model
    def _approved_at(self, subject, role, company, moment):
        """The version that was in force at a moment (naive UTC), for what happened then."""
        domain = [
            ("product_tmpl_id" if role == "product" else "partner_id", "=", subject.id),
            ("role", "=", role),
            ("company_id", "=", company.id),
            ("approved_at", "<=", moment),
            "|",
            ("ended_at", "=", False),
            ("ended_at", ">", moment),
        ]
        return self.with_context(active_test=False).search(domain, limit=1)

    def action_new_version(self):
        """A new proposal with the documents of this one."""
        self.ensure_one()
        new = self.copy()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "views": [(False, "form")],
        }

    @api.model
    def _propose_all(self, subjects, role):
        """Open proposals for those that have neither an open nor a valid one; shown as a list."""
        name = "product_tmpl_id" if role == "product" else "partner_id"
        company = self.env.company
        if role != "product":
            subjects = subjects.commercial_partner_id
        found = self.search(
            [
                (name, "in", subjects.ids),
                ("role", "=", role),
                ("company_id", "=", company.id),
                ("state", "in", ("draft", "proposed", "approved")),
            ]
        )
        new = self.create([{"role": role, name: subject.id} for subject in subjects - found.mapped(name)])
        action = self.env["ir.actions.actions"]._for_xml_id("med_master_data.med_first_approval_action")
        return {**action, "domain": [("id", "in", (found | new).ids)], "context": {}}
