"""Direct dispatch (直调): the supplier sends straight to the consignee. Allowed in emergencies and for
large equipment; a case of its own with its reason on every paper, and the acceptance told the same day."""

from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.med_quality.lib.registry import Finding, rule
from odoo.addons.med_quality.lib.remedies import Remedy, register

FACT = "direct_dispatch"
LOOK_BACK = timedelta(days=30)


@rule("direct_dispatch_undocumented", "GSP 59, 66, 85, 93")
def direct_dispatch_undocumented(line):
    """What goes from the supplier to the consignee without passing our shelves says why."""
    if line.origin != "supplier" or line.destination != "customer" or line.extra.get(FACT):
        return None
    return Finding("direct_dispatch_undocumented", "no_reason")


register("direct_dispatch_undocumented", {"no_reason": Remedy("say_why_direct", "supervisor")})


class MedGate(models.AbstractModel):
    _inherit = "med.gate"

    def _picking_facts(self, pickings, stored):
        facts = super()._picking_facts(pickings, stored)
        reasons = {picking.id: picking.med_direct_reason for picking in pickings if picking.med_direct_reason}
        return self._add_facts(facts, FACT, reasons)

    @api.model
    def _rule_labels(self):
        return {**super()._rule_labels(), "direct_dispatch_undocumented": self.env._("Direct dispatch without reason")}

    @api.model
    def _remedy_texts(self):
        return {
            **super()._remedy_texts(),
            "say_why_direct": self.env._("Choose on the transfer why it is sent directly."),
        }

    def _sentences(self, params):
        return {
            **super()._sentences(params),
            ("direct_dispatch_undocumented", "no_reason"): self.env._(
                "%(product)s is sent directly by the supplier and the transfer does not say why. Choose the reason:"
                " only emergencies and large equipment may be dispatched directly.",
                product=params["product"],
            ),
        }


class StockPicking(models.Model):
    _inherit = "stock.picking"

    med_is_direct = fields.Boolean("Direct dispatch", compute="_compute_med_is_direct")
    med_direct_reason = fields.Selection(
        [("emergency", "Emergency"), ("large", "Large equipment")],
        "Reason of direct dispatch",
        copy=False,
        help="Printed on the delivery note. Other goods pass our own acceptance first.",
    )
    med_acceptance_told_at = fields.Datetime("Acceptance reminded on", readonly=True, copy=False, prefetch="med")

    @api.depends("move_ids.location_id.usage", "move_ids.location_dest_id.usage", "move_ids.product_id.med_is_device")
    def _compute_med_is_direct(self):
        for picking in self:
            picking.med_is_direct = any(
                move.location_id.usage == "supplier"
                and move.location_dest_id.usage == "customer"
                and move.product_id.med_is_device
                for move in picking.move_ids
            )

    def write(self, vals):
        if "med_direct_reason" not in vals:
            return super().write(vals)
        before = {picking: picking.med_direct_reason for picking in self}
        for picking, old in before.items():
            if picking.state == "done" and old != vals["med_direct_reason"]:
                raise UserError(
                    self.env._("%(picking)s has left; the reason of its direct dispatch stays.", picking=picking.name)
                )
        res = super().write(vals)
        self.env["med.evidence.event"]._record(
            "outbound.direct",
            [
                {"record": picking, "body": {"before": old or None, "after": picking.med_direct_reason or None}}
                for picking, old in before.items()
                if old != picking.med_direct_reason
            ],
        )
        return res

    @api.model
    def _cron_direct_acceptance(self):
        """The acceptance at the consignee is on record on the day the goods came, or quality is told.

        The receipt that the consignee signs is that record. A night on which the job did not run is
        made up for: it looks at what nobody was told of yet.
        """
        now = fields.Datetime.now()
        for company in self.env["res.company"].search([]):
            zone = self.env["med.gate"]._zone(company)
            today = now.replace(tzinfo=UTC).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
            midnight = today.astimezone(UTC).replace(tzinfo=None)
            late = self.search(
                Domain("company_id", "=", company.id)
                & Domain("state", "=", "done")
                & Domain("date_done", ">=", midnight - LOOK_BACK)
                & Domain("date_done", "<", midnight)
                & Domain("med_direct_reason", "!=", False)
                & Domain("med_signed_for_at", "=", False)
                & Domain("med_acceptance_told_at", "=", False)
            )
            user = company._med_quality_contact()
            for picking in late if user else ():
                # in the language of who reads it
                _ = picking.with_context(lang=user.lang).env._
                picking.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=_("Acceptance of a direct dispatch is missing"),
                    note=_(
                        "%(picking)s was sent directly by the supplier, and %(consignee)s has not signed for it on the"
                        " same day. Have the consignee accept it, and the acceptance recorded.",
                        picking=picking.name,
                        consignee=picking._med_note_address().display_name,
                    ),
                )
            late.med_acceptance_told_at = now if user else False
            self.env["med.evidence.event"]._record(
                "outbound.acceptance_late", [{"record": picking, "body": {}} for picking in late if user]
            )
