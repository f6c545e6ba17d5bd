from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib import shelf_life

KEY_FIELDS = {
    "quantity",
    "reserved_quantity",
    "product_id",
    "location_id",
    "lot_id",
    "package_id",
    "owner_id",
    "in_date",
    "company_id",
}


@dataclass(frozen=True)
class ReserveTerms:
    """What a lot must meet to be reserved, worked out once per move from the gate's policies.

    It travels in the context as an object, which no client can send.
    """

    only_released: bool
    after: datetime | None
    """The lot expires later than this naive UTC instant."""
    delivery: datetime
    min_days: int
    min_percent: Decimal
    zone: ZoneInfo

    def domain(self):
        domain = Domain.TRUE
        if self.only_released:
            domain &= Domain("lot_id.med_status", "=", "released")
        if self.after:
            domain &= Domain("expiration_date", ">", self.after)
        return domain

    def accepts(self, lot):
        """The same for one lot, with what SQL cannot say: days in the company's time zone and
        a share of the lot's own shelf life."""
        if self.only_released and lot.med_status != "released":
            return False
        if self.after is None or not lot.product_id.use_expiration_date:
            return True
        if not lot.expiration_date or lot.expiration_date <= self.after:
            return False
        if not self.min_days and not self.min_percent:
            return True
        expiry = lot.expiration_date.replace(tzinfo=UTC).astimezone(self.zone).date()
        delivery = self.delivery.astimezone(self.zone).date()
        try:
            required = shelf_life.required_days(
                self.min_days, self.min_percent, lot.med_production_date or None, expiry
            )
        except shelf_life.UnknownProductionDayError:
            return False
        return shelf_life.remaining_days(delivery, expiry) >= required


class StockQuant(models.Model):
    _inherit = "stock.quant"

    # Fourth door: stock changes by movements and counts, not by writing figures ------------

    @api.model_create_multi
    def create(self, vals_list):
        # Counting ("inventory mode", a word any client can say) creates quants without figures
        # of their own; the count is applied by a movement.
        written = not self._is_inventory_mode() or any(
            vals.get("quantity") or vals.get("reserved_quantity") for vals in vals_list
        )
        quants = super().create(vals_list)
        if written and not self.env.su:
            quants._med_guard("created")
        return quants

    def write(self, vals):
        names = vals.keys() & KEY_FIELDS
        if names and not self.env.su:
            self._med_guard(",".join(sorted(names)))
        return super().write(vals)

    def unlink(self):
        if not self.env.su and not self._is_inventory_mode():
            self._med_guard("deleted")
        return super().unlink()

    def _med_guard(self, action):
        devices = self.filtered("product_id.med_is_device")
        if devices:
            self.env["med.gate"]._guard("quant_write", devices.product_id[:1], action, devices.company_id)

    # Reservation ---------------------------------------------------------------------------

    @api.model
    def _med_reserve_terms(self, move):
        """The terms of reservation for ``move``: the gate's policies at ``reserve``, on the day
        the goods will really leave (never earlier than now, whatever the schedule says)."""
        gate = self.env["med.gate"]
        company, product = move.company_id, move.product_id
        now = fields.Datetime.now()
        zone = gate._zone(company)
        # sudo: as the gate itself, see MedGate._facts
        party = (move.picking_id.partner_id or move.partner_id or move._med_consignee()).sudo()
        today = now.replace(tzinfo=UTC).astimezone(zone).date()
        book = self.env["med.gate.policy"]._book(company, today)
        scope = gate._scope(book, company, move.picking_type_id, product, party)
        blocking = {policy.rule for policy in book.choose(scope, "reserve") if policy.effect in ("block", "override")}
        delivery = max(now, (move.picking_id.scheduled_date or move.date or now))
        days, percent = 0, 0.0
        if "shelf_life_short" in blocking and move._med_final_usage() == "customer":
            days, percent = party._med_shelf_life_demand(product) if party else (product.med_min_shelf_life_days, 0.0)
        has_expiry = product.use_expiration_date and "expired" in blocking
        return ReserveTerms(
            only_released="lot_not_released" in blocking,
            after=delivery if has_expiry else None,
            delivery=delivery.replace(tzinfo=UTC),
            min_days=days,
            min_percent=Decimal(str(percent)),
            zone=zone,
        )

    def _get_gather_domain(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False):
        domain = super()._get_gather_domain(product_id, location_id, lot_id, package_id, owner_id, strict)
        terms = self.env.context.get("med_reserve_terms")
        # Not when strict: there Odoo looks for the very quant it is about to change, and would
        # create a ghost beside one it cannot see.
        if not strict and isinstance(terms, ReserveTerms) and product_id.med_is_device:
            domain = Domain(domain) & terms.domain()
        return domain

    def _gather(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        qty=0,
    ):
        quants = super()._gather(product_id, location_id, lot_id, package_id, owner_id, strict, qty)
        terms = self.env.context.get("med_reserve_terms")
        if not strict and isinstance(terms, ReserveTerms) and product_id.med_is_device:
            quants = quants.filtered(lambda quant: quant.lot_id and terms.accepts(quant.lot_id))
        return quants
