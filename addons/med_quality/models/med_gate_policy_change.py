from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import clean_context

from odoo.addons.med_evidence.lib import canonical

from .med_gate_policy_values import VALUES


class MedGatePolicyChange(models.Model):
    """A proposal to change a policy: it shows what it would have done, and a signature puts it
    in force. The policy it replaces ends the day before; nothing of the past is rewritten."""

    _name = "med.gate.policy.change"
    _inherit = ["med.gate.policy.values", "med.signable"]
    _description = "Proposed change of a gate policy"
    _order = "id desc"
    _rec_name = "rule"

    policy_id = fields.Many2one("med.gate.policy", "Replaces", help="Empty: a new policy beside the others.")
    new_policy_id = fields.Many2one("med.gate.policy", "Policy in force", readonly=True, copy=False)
    what_if_ids = fields.One2many("med.gate.what.if", "change_id", "Replays", readonly=True)
    what_if_id = fields.Many2one("med.gate.what.if", "Last replay", compute="_compute_what_if_id")
    stops = fields.Integer("Would have been refused", compute="_compute_what_if_id")
    passes = fields.Integer("Would have passed", compute="_compute_what_if_id")
    state = fields.Selection(
        [("draft", "Proposed"), ("replayed", "Replayed"), ("signed", "In force")],
        compute="_compute_state",
        string="Status",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for change in self:
            if change.date_to and change.date_to < change.date_from:
                raise ValidationError(
                    self.env._(
                        "The policy for “%(rule)s” ends on %(to)s, before it starts on %(from)s. Correct the dates.",
                        rule=change.display_name,
                        to=change.date_to,
                        **{"from": change.date_from},
                    )
                )

    @api.depends("rule")
    def _compute_display_name(self):
        labels = self.env["med.gate"]._rule_labels()
        for change in self:
            change.display_name = labels.get(change.rule, change.rule) or self.env._("New")

    def _values_hash(self):
        """What is proposed, as a hash: a replay of other values does not count."""
        self.ensure_one()
        values = {}
        for name in VALUES:
            value = self[name]
            relational = self._fields[name].relational
            values[name] = value.id if relational else value if isinstance(value, bool | int) else str(value or "")
        return canonical.digest(canonical.dumps(values))

    @api.depends("what_if_ids.values_hash", "what_if_ids.state", *VALUES)
    def _compute_what_if_id(self):
        for change in self:
            current = change._values_hash() if change.rule and change.date_from else None
            done = change.what_if_ids.filtered(
                lambda replay, current=current: replay.state == "done" and replay.values_hash == current
            )
            change.what_if_id = done.sorted("id")[-1:]
            change.stops, change.passes = change.what_if_id.stops, change.what_if_id.passes

    @api.depends("new_policy_id", "what_if_id")
    def _compute_state(self):
        for change in self:
            change.state = "signed" if change.new_policy_id else "replayed" if change.what_if_id else "draft"

    def action_what_if(self):
        """Replay the last quarter and the open orders under the proposal."""
        self.ensure_one()
        # the proposal's own default values are not the replay's
        replays = self.env["med.gate.what.if"].with_context(clean_context(self.env.context))
        company = self.company_id or self.env.company
        replay = replays.create({"kind": "policy", "change_id": self.id, "company_id": company.id})
        return replay.action_run()

    # Signature -----------------------------------------------------------------------------

    def _signature_meanings(self):
        return {"change": self.env._("I put this policy in force")}

    def _signature_snapshot(self, meaning):
        change = self.sudo()  # the signed content is the same whoever reads it
        replay = change.what_if_id
        return {
            "replaces": change.policy_id.id,
            "values": change._values_hash(),
            "rule": change.rule,
            "effect": change.effect,
            "date_from": fields.Date.to_string(change.date_from),
            "replay": [replay.id, replay.judged, replay.stops, replay.passes],
        }

    def _signature_display(self, meaning):
        effects = dict(self._fields["effect"]._description_selection(self.env))
        return {
            self.env._("Rule"): self.display_name,
            self.env._("Effect"): effects[self.effect],
            self.env._("In force from"): fields.Date.to_string(self.date_from),
            self.env._("Limit (days)"): str(self.limit_days),
            self.env._("What it would have done"): self.env._(
                "Of %(judged)s lines %(stops)s would have been refused and %(passes)s let through.",
                judged=self.what_if_id.judged,
                stops=self.stops,
                passes=self.passes,
            ),
            self.env._("Why"): self.note or "–",
        }

    def _signature_check(self, meaning):
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality puts policies in force. Ask a quality manager to sign."))
        for change in self:
            if change.new_policy_id:
                raise UserError(self.env._("This proposal is in force already. Propose the next change."))
            if not change.what_if_id:
                raise UserError(
                    self.env._("See first what this would have done: press “What would it do?”, then sign.")
                )
            if change.date_from < fields.Date.context_today(self):
                raise UserError(self.env._("A policy cannot be put in force in the past. Choose today or later."))

    def _signature_applied(self, meaning, signatures):
        for change in self:
            values = {
                name: change[name].id if change._fields[name].type == "many2one" else change[name] for name in VALUES
            }
            # sudo: the signature writes the policy, as no person may
            policies = self.env["med.gate.policy"].sudo()
            old = change.policy_id.sudo()
            reason = next((signature.reason for signature in signatures if signature.res_id == change.id), None)
            old = old.with_context(evidence_reason=reason or change.note)
            if old and old.date_from < change.date_from:
                old.date_to = fields.Date.subtract(change.date_from, days=1)
            elif old:
                old.active = False  # it was never in force
            super(MedGatePolicyChange, change.sudo()).write({"new_policy_id": policies.create(values).id})

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["new_policy_id"] = False
        return super().create(vals_list)

    def write(self, vals):
        if "new_policy_id" in vals or any(change.new_policy_id for change in self):
            raise UserError(self.env._("A proposal that is in force stays as it is. Propose the next change."))
        return super().write(vals)
