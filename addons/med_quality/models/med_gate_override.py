from datetime import UTC
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.lib import canonical

from ..lib import registry
from .med_gate_policy_values import CHECKPOINTS
from .stock_quant_reserve import Allowance

SIGNERS = {
    "quality": ("med_master_data.group_med_quality",),
    "supervisor": ("med_master_data.group_med_supervisor", "med_master_data.group_med_quality"),
}


class MedGateOverride(models.Model):
    """One exception from one rule, for one lot on one transfer, signed by another person.

    Asked for by whoever needs it, signed by quality, used once by the gate.
    """

    _name = "med.gate.override"
    _inherit = ["med.signable"]
    _description = "Gate override"
    _order = "id desc"

    picking_id = fields.Many2one("stock.picking", "Transfer", required=True, index=True, ondelete="restrict")
    lot_id = fields.Many2one("stock.lot", "Lot", required=True, ondelete="restrict")
    rule = fields.Selection(selection="_selection_rule", required=True)
    quantity = fields.Float("At most", required=True, digits="Product Unit", help="In the product's unit of measure.")
    reason = fields.Text(required=True)
    requested_by_id = fields.Many2one("res.users", "Asked by", default=lambda self: self.env.user, readonly=True)
    company_id = fields.Many2one(related="picking_id.company_id", store=True)
    valid_until = fields.Datetime("Valid until", readonly=True, help="Counted from the signature; the policy says how long.")
    used_at = fields.Datetime("Used at", readonly=True)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("signed", "Signed"),
            ("used", "Used"),
            ("expired", "Expired"),
        ],
        compute="_compute_state",
    )

    @api.model
    def _selection_rule(self):
        labels = self.env["med.gate"]._rule_labels()
        return [(code, labels.get(code, code)) for code, rule in registry.rules().items() if rule.per_line]

    @api.depends("valid_until", "used_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for override in self:
            if override.used_at:
                override.state = "used"
            elif not override.valid_until:
                override.state = "requested"
            else:
                override.state = "signed" if override.valid_until > now else "expired"

    @api.depends("picking_id", "lot_id")
    def _compute_display_name(self):
        for override in self:
            override.display_name = f"{override.picking_id.name} · {override.lot_id.name}"

    def _signature_meanings(self):
        return {"override": self.env._("I allow this one movement")}

    def _signature_snapshot(self, meaning):
        override = self.sudo()  # the signed content is the same whoever reads it
        return {
            "transfer": [override.picking_id.id, override.picking_id.name],
            "lot": [override.lot_id.id, override.lot_id.name],
            "rule": override.rule,
            "quantity": canonical.quantity(override.quantity),
            "reason": override.reason,
            "asked_by": [override.requested_by_id.id, override.requested_by_id.name],
        }

    def _signature_display(self, meaning):
        return {
            self.env._("Transfer"): self.picking_id.name,
            self.env._("Lot"): self.lot_id.display_name,
            self.env._("Rule"): self.env["med.gate"]._rule_labels().get(self.rule, self.rule),
            self.env._("At most"): f"{canonical.quantity(self.quantity)} {self.lot_id.product_id.uom_id.name}",
            self.env._("Reason"): self.reason,
            self.env._("Asked by"): self.requested_by_id.name,
        }

    def _signature_check(self, meaning):
        roles = self.env["med.gate"]._role_labels()
        for override in self:
            policy = override._policy()
            if policy is None:
                raise UserError(
                    self.env._(
                        "“%(rule)s” knows no exceptions here. Do what the refusal says instead.",
                        rule=self.env["med.gate"]._rule_labels().get(override.rule, override.rule),
                    )
                )
            if not any(self.env.user.has_group(group) for group in SIGNERS[policy.override_role]):
                raise UserError(
                    self.env._(
                        "Only %(role)s can allow this exception. Ask one of them to sign.",
                        role=roles[policy.override_role],
                    )
                )
            if override.requested_by_id == self.env.user:
                raise UserError(self.env._("Who asks for an exception cannot sign it himself. Ask a second person."))
            if override.state != "requested":
                raise UserError(self.env._("This exception is signed already."))

    def _signature_applied(self, meaning, signatures):
        for override in self:
            hours = override._policy().override_hours
            # sudo: the fields that make it count are written by the signature alone, see write()
            override.sudo()._med_write({"valid_until": fields.Datetime.add(fields.Datetime.now(), hours=hours)})

    def _policy(self):
        """The policy that allows an override of this rule here and now; None when none does."""
        self.ensure_one()
        gate, picking = self.env["med.gate"], self.picking_id.sudo()  # sudo: as the gate, see MedGate._facts
        company = picking.company_id
        today = fields.Datetime.now().replace(tzinfo=UTC).astimezone(gate._zone(company)).date()
        book = self.env["med.gate.policy"]._book(company, today)
        scope = gate._scope(book, company, picking.picking_type_id, self.lot_id.sudo().product_id, picking.partner_id)
        found = [book.find(self.rule, scope, checkpoint) for checkpoint in CHECKPOINTS]
        return next((policy for policy in found if policy is not None and policy.effect == "override"), None)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A request for an exception is not changed. Make a new one."))

    def _med_write(self, vals):
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # who asked is the logged-in user, never a choice (GSPI 5.51(3))
            vals.update(requested_by_id=self.env.uid, valid_until=False, used_at=False)
        return super().create(vals_list)

    @api.model
    def _match(self, verdicts):
        """{id(verdict): override} for the verdicts that a signed, unused override covers."""
        if not verdicts:
            return {}
        # sudo: the gate finds the exceptions whoever moves the goods
        candidates = (
            self.sudo()
            .search(
                [
                    (
                        "picking_id",
                        "in",
                        [v.line.picking_id for v in verdicts if v.line.picking_id],
                    ),
                    ("lot_id", "in", [v.line.lot.id for v in verdicts if v.line.lot]),
                    ("used_at", "=", False),
                    ("valid_until", ">", fields.Datetime.now()),
                ]
            )
            .filtered(lambda override: override._valid_signatures("override"))
        )
        wanted = {}
        for verdict in verdicts:
            line = verdict.line
            if line.lot is not None:
                wanted.setdefault((line.picking_id, line.lot.id, verdict.finding.rule), []).append(verdict)
        matched = {}
        for (picking_id, lot_id, rule), group in wanted.items():
            # one lot lies in several places: its lines share what was signed for
            quantity = sum(verdict.line.quantity for verdict in group)
            override = candidates.filtered(
                lambda o, p=picking_id, lot=lot_id, r=rule, q=quantity: (
                    o.rule == r and o.picking_id.id == p and o.lot_id.id == lot and q <= Decimal(str(o.quantity))
                )
            )[:1]
            if override:
                matched.update({id(verdict): override for verdict in group})
        return matched

    @api.model
    def _allowances(self, move, rules):
        """What signed overrides let ``move`` reserve: of lots that these rules exclude, so much
        as was signed for and this transfer has not reserved yet.

        An override of a delivery counts for the steps before it: what is to leave has to be picked.
        """
        chain = self.env["stock.move"].browse(move._rollup_move_dests()) | move
        # sudo: the reservation finds the exceptions whoever reserves
        overrides = (
            self.sudo()
            .search(
                [
                    ("picking_id", "in", chain.picking_id.ids),
                    ("lot_id.product_id", "=", move.product_id.id),
                    ("rule", "in", sorted(rules)),
                    ("used_at", "=", False),
                    ("valid_until", ">", fields.Datetime.now()),
                ],
                order="id",
            )
            .filtered(lambda override: override._valid_signatures("override"))
        )
        allowances = []
        for lot, ours in overrides.grouped("lot_id").items():
            lines = move.picking_id.move_line_ids.filtered(lambda line, lot=lot: line.lot_id == lot)
            quantity = min(ours.mapped("quantity")) - sum(lines.mapped("quantity_product_uom"))
            if move.product_id.uom_id.compare(quantity, 0) > 0:
                allowances.append(Allowance(lot.id, quantity, frozenset(ours.mapped("rule"))))
        return tuple(allowances)

    def _use(self, lines):
        """The gate lets these lines pass on this override, and never again.

        :param list lines: their :class:`LineFacts`
        """
        self.sudo()._med_write({"used_at": fields.Datetime.now()})  # sudo: the gate uses it, not the mover
        used = sum(line.quantity for line in lines)
        self.env["med.evidence.event"]._record(
            "gate.overridden",
            [{"record": self, "body": {"line_ids": [line.key for line in lines], "quantity": str(used)}}],
        )

    # Report --------------------------------------------------------------------------------

    @api.model
    def _cron_report(self):
        """On the first day of a month: how often quality made an exception in the last one, as
        evidence, and as something to look at for who answers for it."""
        first = fields.Date.context_today(self).replace(day=1)
        begin = fields.Date.subtract(first, months=1)
        # sudo: the report is of every company, and each gets its own figures
        groups = self.sudo()._read_group(
            [("valid_until", "!=", False), ("create_date", ">=", begin), ("create_date", "<", first)],
            ["company_id", "rule"],
            ["__count", "used_at:count"],
        )
        by_company = {}
        for company, rule, signed, used in groups:
            by_company.setdefault(company, {})[rule] = {"signed": signed, "used": used}
        self.env["med.evidence.event"]._record(
            "override.report",
            [
                {"record": company, "body": {"month": fields.Date.to_string(begin)[:7], "rules": rules}}
                for company, rules in by_company.items()
            ],
        )
