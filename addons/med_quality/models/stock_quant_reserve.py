from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import allocate, shelf_life
from ..lib.rules_customer import CustomerFacts

# The rules that a statement of SQL can answer; all others at `reserve` are asked lot by lot.
SQL_RULES = frozenset({"expired", "lot_not_released", "shelf_life_short", "older_than_last", "too_many_lots"})


@dataclass(frozen=True)
class Order:
    """One of Odoo's removal strategies that are an order of quants and nothing else."""

    group: SQL
    """Of goods that are equal in this none must leave before the other."""
    quants: SQL
    lots: SQL


# in a group whole packs come first, see lib.allocate
LOOSE = "(q.package_id IS NULL OR q.reserved_quantity > 0)"
ORDERS = {
    "fefo": Order(
        SQL("q.removal_date, q.in_date"),
        SQL(f"q.removal_date, q.in_date, {LOOSE}, q.id"),
        SQL("min(q.removal_date), min(q.in_date), min(q.id)"),
    ),
    "fifo": Order(SQL("q.in_date"), SQL(f"q.in_date, {LOOSE}, q.id"), SQL("min(q.in_date), min(q.id)")),
    "lifo": Order(
        SQL("q.in_date"), SQL(f"q.in_date DESC, {LOOSE}, q.id DESC"), SQL("max(q.in_date) DESC, max(q.id) DESC")
    ),
}
FIRST_PAGE = 16
# In the place of terms, for goods that go back or are destroyed: what is expired above all.
ANY_DATE = object()


@dataclass(frozen=True)
class Allowance:
    """A signed override: so much of one lot may be reserved although these rules say no."""

    lot_id: int
    quantity: float
    rules: frozenset[str]


@dataclass(frozen=True)
class ReserveTerms:
    """What a lot must meet to be reserved, worked out once per move from the gate's policies.

    It travels in the context as an object, which no client can send.
    """

    only_released: bool
    after: datetime | None
    """The lot expires, and is to be removed, later than this naive UTC instant."""
    delivery: datetime
    min_days: int
    min_percent: Decimal
    zone: ZoneInfo
    held: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Packages of a lot that are on hold while the lot is not, by lot."""
    allowances: tuple[Allowance, ...] = ()
    move_id: int | None = None
    """Whom to ask the rules that SQL cannot answer for; None when there are none."""
    not_before: date | None = None
    """The customer got goods of this expiry day already and wants none that expire earlier."""
    max_lots: int = 0
    """So many lots of the product the customer takes in one delivery; 0 for any number."""
    used_lots: frozenset[int] = frozenset()
    """Those of them that are chosen."""
    only_lots: frozenset[int] | None = None
    """The lots that were chosen so as not to be too many."""

    def waiving(self, rules):
        """The same terms without what these rules ask for."""
        demand = "shelf_life_short" not in rules
        return replace(
            self,
            only_released=self.only_released and "lot_not_released" not in rules,
            after=None if "expired" in rules else self.after,
            min_days=self.min_days if demand else 0,
            min_percent=self.min_percent if demand else Decimal(0),
            not_before=None if "older_than_last" in rules else self.not_before,
            max_lots=0 if "too_many_lots" in rules else self.max_lots,
            allowances=(),
        )

    def domain(self):
        """What the ORM can say of it; ``accepts`` says the rest."""
        domain = Domain.TRUE
        if self.only_released:
            domain &= Domain("lot_id.med_status", "=", "released")
        if self.after:
            domain &= Domain("expiration_date", ">", self.after)
        return domain

    def sql(self):
        """All of it on quants ``q`` and their lots ``lot``."""
        parts = [SQL("q.lot_id IS NOT NULL")]
        if self.only_released:
            parts.append(SQL("lot.med_status = 'released'"))
        if self.held:
            pairs = [(lot, package) for lot, packages in self.held.items() for package in packages]
            parts.append(
                SQL(
                    "NOT EXISTS (SELECT FROM unnest(%s::int[], %s::int[]) AS held (lot_id, package_id)"
                    " WHERE held.lot_id = q.lot_id AND held.package_id = q.package_id)",
                    [lot for lot, _package in pairs],
                    [package for _lot, package in pairs],
                )
            )
        if self.after:
            parts.append(SQL("lot.expiration_date > %s", self.after))
            parts.append(SQL("(lot.removal_date IS NULL OR lot.removal_date > %s)", self.after))
        if self.only_lots is not None:
            parts.append(SQL("q.lot_id = ANY(%s)", list(self.only_lots)))
        delivery = self.delivery.astimezone(self.zone).date()
        days = [shelf_life.earliest_expiry(delivery, self.min_days)] if self.min_days else []
        if self.not_before:
            days.append(self.not_before)
        if days:
            # the first instant of the first day that is late enough, as the lot's date is stored
            first = datetime.combine(max(days), time(), self.zone)
            parts.append(SQL("lot.expiration_date >= %s", first.astimezone(UTC).replace(tzinfo=None)))
        if self.min_percent:
            expiry = SQL("((lot.expiration_date AT TIME ZONE 'UTC') AT TIME ZONE %s)::date", self.zone.key)
            parts.append(
                SQL(
                    "(%s - %s) >= ceil(%s::numeric / 100 * (%s - lot.med_production_date))",
                    expiry,
                    delivery,
                    str(self.min_percent),
                    expiry,
                )
            )
        return SQL(" AND ").join(parts)

    def accepts(self, lot, package=None):
        """The same for one lot (in one package)."""
        if self.only_released and lot.med_status != "released":
            return False
        if package and package.id in self.held.get(lot.id, ()):
            return False
        if self.only_lots is not None and lot.id not in self.only_lots:
            return False
        if not lot.product_id.use_expiration_date:
            return True
        if self.after and (
            not lot.expiration_date
            or lot.expiration_date <= self.after
            or (lot.removal_date and lot.removal_date <= self.after)
        ):
            return False
        if not self.min_days and not self.min_percent and not self.not_before:
            return True
        if not lot.expiration_date:
            return False
        expiry = lot.expiration_date.replace(tzinfo=UTC).astimezone(self.zone).date()
        if self.not_before and expiry < self.not_before:
            return False
        delivery = self.delivery.astimezone(self.zone).date()
        try:
            required = shelf_life.required_days(
                self.min_days, self.min_percent, lot.med_production_date or None, expiry
            )
        except shelf_life.UnknownProductionDayError:
            return False
        return shelf_life.remaining_days(delivery, expiry) >= required


class OwedError(Exception):
    """Stock of the product is owed somewhere: only Odoo's full reckoning is right."""


@dataclass(frozen=True)
class Window:
    """The first quants in the order of removal that hold what is needed."""

    ids: tuple[int, ...]


class StockQuant(models.Model):
    """Reservation that agrees with the gate.

    Odoo loads every quant of the product to reserve one unit of it. Here a statement selects
    and orders, and hands over as many quants as are needed; Odoo's own code then reserves them.
    """

    _inherit = "stock.quant"

    # the order of FEFO, of what is free
    _med_fefo_index = models.Index(
        "(product_id, removal_date, in_date, (package_id IS NULL OR reserved_quantity > 0), id)"
        " WHERE quantity > reserved_quantity"
    )
    # almost always empty: whether anything is owed, where only Odoo's full reckoning is right
    _med_negative_index = models.Index("(product_id) WHERE quantity < reserved_quantity")

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
        chosen = book.choose(scope, "reserve")
        blocking = {policy.rule: policy for policy in chosen if policy.effect in ("block", "override")}
        delivery = max(now, (move.picking_id.scheduled_date or move.date or now))
        days, percent = 0, 0.0
        if "shelf_life_short" in blocking and move._med_final_usage() == "customer":
            days, percent = party._med_shelf_life_demand(product) if party else (product.med_min_shelf_life_days, 0.0)
            days = max(days, blocking["shelf_life_short"].limit_days)
        asks = gate._customer_facts_of_move(move, party, zone) if gate._customer_rules & blocking.keys() else None
        asks = asks or CustomerFacts()
        expires = product.use_expiration_date
        waivable = {rule for rule, policy in blocking.items() if policy.effect == "override"}
        return ReserveTerms(
            only_released="lot_not_released" in blocking,
            after=delivery if expires and "expired" in blocking else None,
            delivery=delivery.replace(tzinfo=UTC),
            min_days=days if expires else 0,
            min_percent=Decimal(str(percent)) if expires else Decimal(0),
            zone=zone,
            # whatever the policies say, goods do not leave a package on hold, see _med_check_held_packages
            held=self.env["med.lot.hold"]._held_packages(),
            allowances=self.env["med.gate.override"]._allowances(move, waivable) if waivable else (),
            move_id=move.id if gate._asked_rules(blocking) - SQL_RULES else None,
            not_before=asks.last_expiry if expires and "older_than_last" in blocking else None,
            max_lots=asks.max_lots if "too_many_lots" in blocking else 0,
            used_lots=asks.lots,
        )

    @api.model
    def _med_terms_in_context(self, product, strict):
        """The terms of the reservation under way, None when there are none to keep.

        Not when strict: there Odoo looks for the very quant it is about to change, and would
        create a ghost beside one it cannot see.
        """
        terms = self.env.context.get("med_reserve_terms")
        return terms if not strict and isinstance(terms, ReserveTerms) and product.med_is_device else None

    def _get_gather_domain(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False):
        terms = self.env.context.get("med_reserve_terms")
        # of our own making: a client can send a word under this name, but no such object
        if (isinstance(terms, ReserveTerms) or terms is ANY_DATE) and product_id.med_is_device:
            # product_expiry compares with the planned day, strictly too: of a lot that may leave by
            # override it would not see the quant it reserved, and make a ghost. The terms say more.
            self = self.with_context(with_expiration=False)
        domain = super()._get_gather_domain(product_id, location_id, lot_id, package_id, owner_id, strict)
        terms = self._med_terms_in_context(product_id, strict)
        return Domain(domain) & terms.domain() if terms else domain

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
        terms = self._med_terms_in_context(product_id, strict)
        window = self.env.context.get("med_reserve_window")
        if terms is not None and isinstance(window, Window):
            return self.browse(window.ids)
        quants = super()._gather(product_id, location_id, lot_id, package_id, owner_id, strict, qty)
        if terms is None:
            return quants
        quants = quants.filtered(lambda quant: quant.lot_id and terms.accepts(quant.lot_id, quant.package_id))
        return self._med_asked(quants, terms)

    def _get_available_quantity(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        allow_negative=False,
    ):
        """Odoo sums over all quants in Python; where nothing is owed, the database can."""
        terms = self._med_terms_in_context(product_id, strict)
        if terms is not None and terms.max_lots and terms.only_lots is None:
            free = self._med_free_by_lot(product_id, location_id, lot_id, package_id, owner_id, terms)
            return allocate.most_of_few_lots(free, terms.max_lots, terms.used_lots)
        if terms is None or terms.move_id or self.env.context.get("med_reserve_window"):
            return super()._get_available_quantity(
                product_id, location_id, lot_id, package_id, owner_id, strict, allow_negative
            )
        where = self._med_where(product_id, location_id, lot_id, package_id, owner_id, terms)
        self._med_flush()
        [(free, owed)] = self.env.execute_query(
            SQL(
                "SELECT coalesce(sum(q.quantity - q.reserved_quantity), 0), %s %s WHERE %s AND"
                " q.quantity > q.reserved_quantity",
                self._med_owed(product_id),
                self._med_from(),
                where,
            )
        )
        if owed:
            return super()._get_available_quantity(
                product_id, location_id, lot_id, package_id, owner_id, strict, allow_negative
            )
        return float(free)

    def _get_reserve_quantity(
        self,
        product_id,
        location_id,
        quantity,
        uom_id=None,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
    ):
        terms = self._med_terms_in_context(product_id, strict)
        compare = product_id.uom_id.compare
        if terms is None or compare(quantity, 0) <= 0:
            return super()._get_reserve_quantity(
                product_id, location_id, quantity, uom_id, lot_id, package_id, owner_id, strict
            )
        reserved = []
        # what somebody signed for comes first: it is for this very delivery
        for allowance in terms.allowances:
            if compare(quantity, 0) <= 0 or (lot_id and lot_id.id != allowance.lot_id):
                continue
            lot = self.env["stock.lot"].browse(allowance.lot_id)
            taken = self._med_reserve_window(
                product_id,
                location_id,
                min(quantity, allowance.quantity),
                uom_id,
                lot,
                package_id,
                owner_id,
                terms.waiving(allowance.rules),
            )
            reserved += taken
            quantity -= sum(part for _quant, part in taken)
            terms = replace(terms, used_lots=terms.used_lots | {quant.lot_id.id for quant, _part in taken})
        if compare(quantity, 0) > 0:
            # the overridden lots were asked above; what they may give without an override they gave
            reserved += self._med_reserve_window(
                product_id, location_id, quantity, uom_id, lot_id, package_id, owner_id, terms
            )
        return reserved

    def _med_reserve_window(self, product, location, quantity, uom, lot, package, owner, terms):
        """Odoo's reservation over the quants that matter."""
        need = quantity
        if terms.max_lots:
            free = self._med_free_by_lot(product, location, lot, package, owner, terms)
            chosen = allocate.few_lots(free, need, terms.max_lots, terms.used_lots)
            terms = replace(terms, only_lots=frozenset(chosen))
        packaging = self.env.context.get("packaging_uom_id")
        if packaging and product.product_tmpl_id.categ_id.packaging_reserve_method == "full":
            # Odoo rounds what is free down to whole packs, so one more pack has to be seen
            need += packaging._compute_quantity(1, product.uom_id)
        quants = self.with_context(med_reserve_terms=terms)
        window = quants._med_window(product, location, need, lot, package, owner, terms)
        return super(StockQuant, quants.with_context(med_reserve_window=window))._get_reserve_quantity(
            product, location, quantity, uom, lot, package, owner, False
        )

    def _med_window(self, product, location, need, lot, package, owner, terms):
        """The first quants in the order of removal that together hold ``need``, or all of them;
        None when only the full reckoning of Odoo is right: another strategy, or stock owed."""
        order = ORDERS.get(self._get_removal_strategy(product, location))
        if order is None:
            return None
        self._med_flush()
        parts = self._med_parts(product, order, self._med_where(product, location, lot, package, owner, terms), terms)
        try:
            return self._med_lock([part.id for part in allocate.in_packs(parts, need)])
        except OwedError:
            return None

    def _med_parts(self, product, order, where, terms):
        """What is free, in the order of removal, read as far as somebody asks for it."""
        page, offset = FIRST_PAGE, 0
        while True:
            rows = self.env.execute_query(
                SQL(
                    """SELECT q.id, q.quantity - q.reserved_quantity, %(owed)s, NOT %(loose)s, %(group)s
                       %(tables)s WHERE %(where)s AND q.quantity > q.reserved_quantity
                       ORDER BY %(order)s LIMIT %(page)s OFFSET %(offset)s""",
                    owed=self._med_owed(product),
                    loose=SQL(LOOSE),
                    group=order.group,
                    tables=self._med_from(),
                    where=where,
                    order=order.quants,
                    page=page,
                    offset=offset,
                )
            )
            if rows and rows[0][2]:
                raise OwedError
            accepted = {row[0] for row in rows}
            if terms.move_id:
                accepted = set(self._med_asked(self.sudo().browse(accepted), terms).ids)
            for quant_id, free, _owed, is_whole, *group in rows:
                if quant_id in accepted:
                    yield allocate.Part(quant_id, float(free), tuple(group), is_whole)
            if len(rows) < page:
                return
            offset, page = offset + page, page * 4

    def _med_free_by_lot(self, product, location, lot, package, owner, terms):
        """[(lot id, what is free of it)] in the order of removal."""
        order = ORDERS.get(self._get_removal_strategy(product, location))
        self._med_flush()
        rows = self.env.execute_query(
            SQL(
                """SELECT q.lot_id, sum(q.quantity - q.reserved_quantity), array_agg(q.id) %s WHERE %s
                   GROUP BY q.lot_id HAVING sum(q.quantity - q.reserved_quantity) > 0 ORDER BY %s""",
                self._med_from(),
                self._med_where(product, location, lot, package, owner, terms),
                order.lots if order else SQL("min(q.id)"),
            )
        )
        if terms.move_id:
            accepted = self._med_asked(self.sudo().browse(ids[0] for _lot, _free, ids in rows), terms).lot_id._ids
            rows = [row for row in rows if row[0] in accepted]
        return [(lot_id, float(free)) for lot_id, free, _ids in rows]

    @api.model
    def _med_lock(self, ids):
        """Keep what was chosen until the end of the transaction. Odoo skips a quant that another
        transaction holds and makes a second one beside it, so that two people reserve the same
        goods; here the later one begins again and sees what is left."""
        if ids:
            self.env.cr.execute("SELECT FROM stock_quant WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids])
        return Window(tuple(ids))

    @api.model
    def _med_flush(self):
        """What the statements below read."""
        self.env["stock.quant"].flush_model(
            [
                "product_id",
                "location_id",
                "lot_id",
                "package_id",
                "owner_id",
                "quantity",
                "reserved_quantity",
                "in_date",
            ]
            + ["removal_date"]
        )
        self.env["stock.lot"].flush_model(["med_status", "expiration_date", "removal_date", "med_production_date"])

    @api.model
    def _med_from(self):
        return SQL(
            "FROM stock_quant q JOIN stock_lot lot ON lot.id = q.lot_id JOIN stock_location l ON l.id = q.location_id"
        )

    @api.model
    def _med_owed(self, product):
        return SQL(
            "EXISTS (SELECT FROM stock_quant n WHERE n.product_id = %s AND n.quantity < n.reserved_quantity)",
            product.id,
        )

    @api.model
    def _med_where(self, product, location, lot, package, owner, terms):
        parts = [
            SQL("q.product_id = %s", product.id),
            SQL("l.parent_path LIKE %s", f"{location.sudo().parent_path}%"),
            terms.sql(),
        ]
        for column, record in (("q.lot_id", lot), ("q.package_id", package), ("q.owner_id", owner)):
            if record:
                parts.append(SQL("%s = %s", SQL(column), record.id))
        return SQL(" AND ").join(parts)

    @api.model
    def _med_asked(self, quants, terms):
        """The quants whose lots pass the rules that are not in SQL: those of addons above."""
        if not terms.move_id or not quants:
            return quants
        move = self.env["stock.move"].browse(terms.move_id)
        refused = {
            verdict.line.lot.id
            for verdict in self.env["med.gate"]._judge_lots(move, quants.lot_id)
            if verdict.policy.effect in ("block", "override") and verdict.finding.rule not in SQL_RULES
        }
        return quants.filtered(lambda quant: quant.lot_id.id not in refused)
