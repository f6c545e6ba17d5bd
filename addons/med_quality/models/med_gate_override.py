from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.lib import canonical

from ..lib import registry


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
    valid_until = fields.Datetime("Valid until", readonly=True, help="24 hours after the signature.")
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
        if not self.env.user.has_group("med_master_data.group_med_quality"):
            raise UserError(self.env._("Only quality can allow an exception. Ask a quality manager to sign."))
        for override in self:
            if override.requested_by_id == self.env.user:
                raise UserError(self.env._("Who asks for an exception cannot sign it himself. Ask a second person."))
            if override.state != "requested":
                raise UserError(self.env._("This exception is signed already."))

    def _signature_applied(self, meaning, signatures):
        # sudo: the fields that make it count are written by the signature alone, see write()
        self.sudo()._med_write({"valid_until": fields.Datetime.add(fields.Datetime.now(), hours=24)})

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
        matched = {}
        for verdict in verdicts:
            line = verdict.line
            for override in candidates:
                if (
                    override.rule == verdict.finding.rule
                    and override.picking_id.id == line.picking_id
                    and line.lot is not None
                    and override.lot_id.id == line.lot.id
                    and line.quantity <= override.quantity
                ):
                    matched[id(verdict)] = override
                    candidates -= override
                    break
        return matched

    def _use(self, line_id):
        self.sudo()._med_write({"used_at": fields.Datetime.now()})  # sudo: the gate uses it, not the mover
        self.env["med.evidence.event"]._record("gate.overridden", [{"record": self, "body": {"line": line_id}}])
