"""Somebody is told of an outbound that is late, and somebody else when nobody acts."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# What is older was told, or is history that nobody can mend.
LOOK_BACK = timedelta(days=30)
DONE_BY_ACTING = "med_outbound.activity_late"


class StockPicking(models.Model):
    _inherit = "stock.picking"

    @api.model
    def _cron_late_outbounds(self):
        """Hourly: alerts for what is late, escalation of alerts that lie, and an end of those that are settled."""
        for company in self.env["res.company"].search([]):
            here = self.with_company(company)
            here._settle_late_alerts(company)
            here._alert_late(company)
            here._escalate_late(company)

    @api.model
    def _late_domain(self, company, now):
        """Regulated outbounds past their promise that have not left, or that left and nobody signed for."""
        base = Domain("company_id", "=", company.id) & Domain("move_ids.product_id.med_is_device", "=", True)
        after = now - LOOK_BACK
        late = Domain.FALSE
        if company.med_late_hours:
            limit = now - timedelta(hours=company.med_late_hours)
            late |= (
                Domain("med_stage", "in", ("received", "prepared", "picking", "picked", "reviewed"))
                & Domain("scheduled_date", "<", limit)
                & Domain("scheduled_date", ">=", after)
            )
        if company.med_unsigned_days:
            limit = now - timedelta(days=company.med_unsigned_days)
            late |= (
                Domain("med_stage", "=", "shipped") & Domain("date_done", "<", limit) & Domain("date_done", ">=", after)
            )
        return base & late

    @api.model
    def _late_alerts(self, company):
        activity_type = self.env.ref(DONE_BY_ACTING)
        alerts = self.env["mail.activity"].search(
            [("res_model", "=", "stock.picking"), ("activity_type_id", "=", activity_type.id)]
        )
        pickings = self.browse(alerts.mapped("res_id")).exists()
        mine = set(pickings.filtered(lambda picking: picking.company_id == company).ids)
        return alerts.filtered(lambda alert: alert.res_id in mine)

    @api.model
    def _settle_late_alerts(self, company):
        """What left, or was signed for, needs nobody any more."""
        alerts = self._late_alerts(company)
        late = set(
            self.search(
                self._late_domain(company, fields.Datetime.now()) & Domain("id", "in", alerts.mapped("res_id"))
            ).ids
        )
        alerts.filtered(lambda alert: alert.res_id not in late).unlink()

    @api.model
    def _alert_late(self, company):
        late = self.search(self._late_domain(company, fields.Datetime.now()))
        known = set(self._late_alerts(company).mapped("res_id"))
        fallback = company.med_late_user_id or company._med_quality_contact()
        told = self.browse()
        for picking in late.filtered(lambda picking: picking.id not in known):
            user = picking.user_id if picking.user_id.active else fallback
            user = user or fallback
            if not user:
                continue
            # in the language of who reads it
            _ = picking.with_context(lang=user.lang).env._
            shipped = picking.med_stage == "shipped"
            picking.activity_schedule(
                DONE_BY_ACTING,
                user_id=user.id,
                summary=_("Not signed for") if shipped else _("Outbound is late"),
                note=_(
                    "%(picking)s left for %(consignee)s, and nobody signed for it. Ask the consignee.",
                    picking=picking.name,
                    consignee=picking.partner_id.display_name or "–",
                )
                if shipped
                else _(
                    "%(picking)s for %(consignee)s is past its promise. See what blocks it and send it on.",
                    picking=picking.name,
                    consignee=picking.partner_id.display_name or "–",
                ),
            )
            told |= picking
        self.env["med.evidence.event"]._record(
            "outbound.late", [{"record": picking, "body": {"stage": picking.med_stage}} for picking in told]
        )

    @api.model
    def _escalate_late(self, company):
        """An alert that lies goes to who answers for the warehouse, once."""
        user = company.med_late_user_id
        if not user or not company.med_escalate_hours:
            return
        since = fields.Datetime.now() - timedelta(hours=company.med_escalate_hours)
        lying = self._late_alerts(company).filtered(lambda alert: alert.create_date < since and alert.user_id != user)
        entries = [
            {"record": self.browse(alert.res_id), "body": {"from": alert.user_id.name, "to": user.name}}
            for alert in lying
        ]
        lying.user_id = user
        self.env["med.evidence.event"]._record("outbound.escalated", entries)


class ResCompany(models.Model):
    _inherit = "res.company"

    med_late_hours = fields.Integer(
        "Alert when late by (hours)",
        default=4,
        help="After the promised time of an outbound of devices its responsible gets a to-do. 0: nobody is told.",
        prefetch="med",
    )
    med_unsigned_days = fields.Integer(
        "Alert when not signed for after (days)", default=7, help="0: nobody is told.", prefetch="med"
    )
    med_escalate_hours = fields.Integer(
        "Escalate after (hours)",
        default=24,
        help="A to-do that lies so long goes to the person below. 0: never.",
        prefetch="med",
    )
    med_late_user_id = fields.Many2one(
        "res.users",
        "Escalate to",
        help="Gets what nobody acts on, and the alerts of outbounds without a responsible.",
        prefetch="med",
    )

    _med_late_range = models.Constraint(
        "CHECK (coalesce(med_late_hours, 0) >= 0 AND coalesce(med_unsigned_days, 0) >= 0"
        " AND coalesce(med_escalate_hours, 0) >= 0)",
        "Hours and days of alerts are 0 or more.",
    )
