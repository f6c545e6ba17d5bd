from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class MedSignatureRule(models.AbstractModel):
    """What plans and duties share: the kind of record, the company and the days they hold."""

    _name = "med.signature.rule"
    _inherit = ["med.evidence.tracked"]
    _description = "Rule about signatures"

    model_id = fields.Many2one(
        "ir.model",
        "Record type",
        required=True,
        ondelete="cascade",
        domain=[("field_id.name", "=", "signature_ids"), ("transient", "=", False)],
    )
    model = fields.Char(related="model_id.model", store=True, index=True, export_string_translation=False)
    company_id = fields.Many2one("res.company", "Company", help="Empty: all companies.")
    date_from = fields.Date("Valid from", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Valid to", help="Empty: until further notice.")
    active = fields.Boolean(default=True)

    @api.model
    def _by_company(self, records):
        """[(rules in force today, records)], one pair per company of the records."""
        if "company_id" not in records._fields:
            return [(self._in_force(records._name, self.env.company), records)]
        return [
            (self._in_force(records._name, company or self.env.company), group)
            for company, group in records.grouped("company_id").items()
        ]

    def _in_force(self, model, company):
        today = fields.Date.context_today(self)
        # sudo: a rule binds whoever signs; few may read it
        return self.sudo().search(
            Domain("active", "=", True)  # named: a context key of a client must not bring archived ones back
            & Domain("model", "=", model)
            & Domain("company_id", "in", [False, company.id])
            & Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )

    def _check_meanings(self, *codes):
        labels = self.env[self.model]._signature_meanings()
        unknown = [code for code in codes if code not in labels]
        if unknown:
            raise ValidationError(
                self.env._(
                    "“%(code)s” is no meaning of a signature on %(model)s. Use one of: %(known)s.",
                    code=unknown[0],
                    model=self.model_id.name,
                    known=", ".join(labels) or "–",
                )
            )


class MedSignaturePlan(models.Model):
    """Several signers in order: which signatures a kind of record takes, one after the other."""

    _name = "med.signature.plan"
    _inherit = ["med.signature.rule"]
    _description = "Signing plan"
    _order = "model, id"

    name = fields.Char("Plan", required=True, translate=True)
    line_ids = fields.One2many("med.signature.plan.line", "plan_id", "Signatures in order", copy=True)

    _evidence_fields = ("name", "model_id", "company_id", "date_from", "date_to", "active")

    @api.model
    def _problems(self, records, meaning):
        """[(record, cause, sentence)] why the current user is not in turn with this meaning."""
        problems, labels = [], records._signature_meanings()
        for plans, group in self._by_company(records):
            lines = plans[:1].line_ids
            mine = lines.filtered(lambda line: line.meaning == meaning)[:1]
            # sudo: only whether the signer is in the group is asked
            if mine.group_id and mine.group_id not in self.env.user.sudo().all_group_ids:
                sentence = self.env._(
                    "“%(meaning)s” is signed by %(group)s. Ask one of them.",
                    meaning=labels[meaning],
                    group=mine.group_id.display_name,
                )
                problems += [(record, "group", f"{record.display_name}: {sentence}") for record in group]
            before = lines.filtered(lambda line, m=mine: m and (line.sequence, line.id) < (m.sequence, m.id))
            for record in group if before else ():
                lacking = [line.meaning for line in before if not record._valid_signatures(line.meaning)]
                if lacking:
                    sentence = self.env._(
                        "%(record)s: first comes “%(first)s”, then “%(meaning)s”. Nothing was signed.",
                        record=record.display_name,
                        first=labels.get(lacking[0], lacking[0]),
                        meaning=labels[meaning],
                    )
                    problems.append((record, "order", sentence))
        return problems


class MedSignaturePlanLine(models.Model):
    _name = "med.signature.plan.line"
    _inherit = ["med.evidence.tracked"]
    _description = "Signature of a signing plan"
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one("med.signature.plan", "Plan", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    meaning = fields.Char("Meaning code", required=True)
    group_id = fields.Many2one("res.groups", "Signed by", help="Empty: whoever the record's own rules let sign.")
    company_id = fields.Many2one(related="plan_id.company_id", store=True)

    _evidence_fields = ("plan_id", "sequence", "meaning", "group_id")

    @api.constrains("meaning", "plan_id")
    def _check_meaning(self):
        for line in self:
            line.plan_id._check_meanings(line.meaning)


class MedSignatureDuty(models.Model):
    """Separation of duties as data: nobody gives both signatures on the same record."""

    _name = "med.signature.duty"
    _inherit = ["med.signature.rule"]
    _description = "Separation of duties"
    _order = "model, id"
    _rec_name = "model_id"

    first_meaning = fields.Char("Who signed (meaning code)", required=True)
    second_meaning = fields.Char("does not sign (meaning code)", required=True)

    _evidence_fields = (
        "model_id",
        "first_meaning",
        "second_meaning",
        "company_id",
        "date_from",
        "date_to",
        "active",
    )

    @api.constrains("first_meaning", "second_meaning", "model_id")
    def _check_meaning(self):
        for duty in self:
            duty._check_meanings(duty.first_meaning, duty.second_meaning)

    @api.model
    def _problems(self, records, meaning):
        """[(record, cause, sentence)] where a signature of the current user excludes this one."""
        problems, labels = [], records._signature_meanings()
        for duties, group in self._by_company(records):
            others = {duty.first_meaning for duty in duties if duty.second_meaning == meaning}
            others |= {duty.second_meaning for duty in duties if duty.first_meaning == meaning}
            for record in group if others else ():
                for other in sorted(others):
                    if self.env.uid in record._valid_signatures(other).user_id.ids:
                        sentence = self.env._(
                            "%(record)s: you signed “%(other)s” yourself, so “%(meaning)s” takes a second person.",
                            record=record.display_name,
                            other=labels.get(other, other),
                            meaning=labels[meaning],
                        )
                        problems.append((record, "duty", sentence))
        return problems
