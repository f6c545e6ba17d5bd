"""What follows from an excursion: people are told, lots are held, a deviation is opened."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .med_temperature_excursion import JUDGE

# Kinds that say something of the goods; silence and a broken sensor say it of the watch.
OF_GOODS = ("high", "low", "freeze", "cumulated", "repeated", "rate")


class MedTemperatureExcursion(models.Model):
    _inherit = "med.temperature.excursion"

    escalated_at = fields.Datetime("Escalated at", readonly=True, copy=False)

    def _raise_alarm(self):
        self._affect()
        for excursion in self:
            excursion._tell(excursion._people())
        self.with_context(med_judge=JUDGE).write({"raised_at": fields.Datetime.now()})

    def _change(self, values):
        worse = self.raised_at and (round(1000 * self.extreme) != round(1000 * values["extreme"]))
        entries = super()._change(values)
        if worse and self.state in ("open", "ended"):
            # goods that bore the first degrees may not bear these
            self._affect()
        return entries

    # Goods ---------------------------------------------------------------------------------

    def _affect(self):
        """Note the lots that were there; hold those that do not bear it, and open a deviation about them."""
        for excursion in self:
            lots = excursion._lots_there()
            harmed = excursion._harmed(lots)
            company = excursion.company_id
            held = harmed.filtered(lambda lot: lot.med_status == "released" and lot.product_id.med_is_device)
            held = held if company.med_excursion_hold else held.browse()
            if held:
                reason = excursion._reason()
                held._med_set_status("on_hold", dict.fromkeys(held.ids, reason))
                held._med_leave_open_work(reason)
            values = {}
            if lots - excursion.lot_ids:
                values["lot_ids"] = [(4, lot.id) for lot in lots - excursion.lot_ids]
            if harmed - excursion.harmed_lot_ids:
                values["harmed_lot_ids"] = [(4, lot.id) for lot in harmed - excursion.harmed_lot_ids]
            if harmed and not excursion.deviation_id:
                values["deviation_id"] = excursion._open_deviation(harmed).id
            elif held and excursion.deviation_id.state in ("open", "contained", "investigated"):
                # sudo: the deviation is the system's own report
                excursion.deviation_id.sudo().lot_ids = [(4, lot.id) for lot in held]
            if values:
                excursion.with_context(med_judge=JUDGE).write(values)
            if held:
                self.env["med.evidence.event"]._record(
                    "excursion.held",
                    [{"record": excursion, "body": {"lots": held.ids, **excursion._facts()}}],
                )

    def _reason(self):
        """Why lots are held, in the language of the company."""
        self.ensure_one()
        _ = self.with_context(lang=self.company_id.partner_id.lang).env._
        return _(
            "Temperature excursion in %(equipment)s since %(start)s UTC",
            equipment=self.equipment_id.name,
            start=self.start,
        )

    def _lots_there(self):
        """Lots that lay in the equipment at any time of this one excursion."""
        self.ensure_one()
        return self.equipment_id._med_lots_there(self.start, self.end or fields.Datetime.now())

    def _harmed(self, lots):
        """Those of the lots whose own profile does not bear what happened."""
        self.ensure_one()
        if self.kind not in OF_GOODS:
            return lots.browse()
        return lots.filtered(lambda lot: self._harms(lot.product_id.product_tmpl_id.med_storage_profile_id))

    def _harms(self, profile):
        if not profile:
            return False
        if self.kind == "high":
            return profile.has_max and self.extreme > profile.max_temp
        if self.kind == "low":
            return profile.has_min and self.extreme < profile.min_temp
        if self.kind == "freeze":
            return profile.is_freeze_sensitive and self.extreme < profile.freeze_temp
        return True

    def _open_deviation(self, lots):
        company = self.company_id
        here = self.with_context(lang=company.partner_id.lang).env
        _ = here._
        kinds = dict(self._fields["kind"]._description_selection(here))
        return self.env["med.deviation"]._open_all(
            [
                {
                    "source": "temperature",
                    "title": _("%(kind)s in %(equipment)s", kind=kinds[self.kind], equipment=self.equipment_id.name),
                    "severity": self.severity,
                    "lot_ids": [(6, 0, lots.ids)],
                    "user_id": company._med_quality_contact().id,
                }
            ],
            company,
        )

    # People --------------------------------------------------------------------------------

    def _people(self):
        """Who is told: those the company names, else its contact for quality."""
        company = self.company_id
        return company.med_alarm_user_ids.filtered("active") or company._med_quality_contact()

    def _tell(self, users, is_escalation=False):
        """An activity and a message on the screen of each, in his language."""
        self.ensure_one()
        for user in users:
            here = self.with_context(lang=user.lang)
            _ = here.env._
            text = _(
                "%(excursion)s, %(degrees)s °C: act, and acknowledge with what was done.",
                excursion=here.display_name,
                degrees=f"{self.extreme:.1f}",
            )
            if self.kind in ("gap", "failure"):
                text = _("%(excursion)s: see to the sensor, and acknowledge.", excursion=here.display_name)
            here.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=_("Nobody acted on an alarm") if is_escalation else _("Temperature alarm"),
                note=text,
            )
            self.env["bus.bus"]._sendone(
                user.partner_id,
                "med_coldchain.alarm",
                {
                    "excursion_id": self.id,
                    "title": _("Nobody acted on an alarm") if is_escalation else _("Temperature alarm"),
                    "message": text,
                    "severity": self.severity,
                },
            )

    @api.model
    def _cron_watch(self):
        super()._cron_watch()
        for company in self.env["res.company"].search([("med_alarm_escalate_minutes", ">", 0)]):
            self._escalate(company)

    @api.model
    def _escalate(self, company):
        """What nobody acknowledged goes to who answers for it, once."""
        user = company.med_alarm_escalate_user_id
        limit = fields.Datetime.now() - timedelta(minutes=company.med_alarm_escalate_minutes)
        lying = self.search(
            [
                ("company_id", "=", company.id),
                ("raised_at", "<", limit),
                ("acknowledged_at", "=", False),
                ("escalated_at", "=", False),
                ("state", "in", ("open", "ended")),
            ]
        )
        if not user or not lying:
            return
        for excursion in lying:
            excursion._tell(user, is_escalation=True)
        lying.with_context(med_judge=JUDGE).write({"escalated_at": fields.Datetime.now()})
        self.env["med.evidence.event"]._record(
            "excursion.escalated", [{"record": excursion, "body": {"to": user.name}} for excursion in lying]
        )


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    def _med_lots_there(self, start, end):
        """Lots that lay in the location of this one equipment at any time from ``start`` to ``end`` (naive UTC).

        What is there now, taken back to ``end`` by what moved since, and whatever came in or went out in between.
        """
        self.ensure_one()
        if not self.location_id:
            return self.env["stock.lot"]
        self.env["stock.quant"].flush_model(["lot_id", "location_id", "quantity"])
        self.env["stock.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH places AS (
                    SELECT id FROM stock_location WHERE parent_path LIKE %(path)s
                ), moved AS (
                    SELECT line.lot_id, line.date,
                           (line.location_dest_id IN (SELECT id FROM places))::int
                           - (line.location_id IN (SELECT id FROM places))::int AS way,
                           line.quantity_product_uom AS quantity
                    FROM stock_move_line line
                    WHERE line.state = 'done' AND line.date >= %(start)s AND line.lot_id IS NOT NULL
                      AND (line.location_id IN (SELECT id FROM places) OR line.location_dest_id IN (SELECT id FROM places))
                ), at_end AS (
                    SELECT lot_id, sum(quantity) AS quantity FROM (
                        SELECT lot_id, quantity FROM stock_quant
                        WHERE location_id IN (SELECT id FROM places) AND lot_id IS NOT NULL
                        UNION ALL
                        SELECT lot_id, -way * quantity FROM moved WHERE date > %(end)s
                    ) AS parts GROUP BY lot_id
                )
                SELECT lot_id FROM at_end WHERE quantity > 0
                UNION
                SELECT lot_id FROM moved WHERE date <= %(end)s AND way <> 0
                """,
                path=f"{self.location_id.parent_path}%",
                start=start,
                end=end,
            )
        )
        return self.env["stock.lot"].browse([row[0] for row in rows])


class MedDeviation(models.Model):
    _inherit = "med.deviation"

    source = fields.Selection(selection_add=[("temperature", "Temperature")], ondelete={"temperature": "set default"})


class ResCompany(models.Model):
    _inherit = "res.company"

    med_alarm_user_ids = fields.Many2many(
        "res.users",
        "med_company_alarm_user_rel",
        string="Told of temperature alarms",
        prefetch="med",
        help="At least two people (cold-chain annex of the GSP). Empty: the company's contact for quality.",
    )
    med_alarm_escalate_minutes = fields.Integer(
        "Escalate alarms after (min)", default=30, prefetch="med", help="0: alarms are not escalated."
    )
    med_alarm_escalate_user_id = fields.Many2one("res.users", "Escalate alarms to", prefetch="med")
    med_excursion_hold = fields.Boolean(
        "Hold lots at an excursion",
        default=True,
        prefetch="med",
        help="Released lots that do not bear it are put on hold at once.",
    )
    med_cold_duty = fields.Boolean(
        "Cold chain is watched",
        prefetch="med",
        help="Goods that are kept at 8 °C or colder lie in qualified equipment, and leave with a logger, a qualified"
        " vehicle or box and a departure temperature.",
    )
