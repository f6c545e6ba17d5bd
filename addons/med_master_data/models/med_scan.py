from dataclasses import dataclass, replace
from typing import Any

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib import gs1, gtin, scan
from ..lib.errors import Problem, ScanError

# Elements that say something about an item whose product the reader knows already.
ITEM_ELEMENTS = {"10", "11", "13", "15", "16", "17", "21", "30", "240"}


@dataclass(frozen=True)
class ScanResult:
    """What a scan means here. Records are empty when there is none.

    ``quantity``: sales units that one such label stands for. ``lot_name``: the lot, or for a
    product tracked by serial number the serial, that the label says; ``lot`` is its record.
    Nothing may be taken without looking at ``problems``.
    """

    scan: gs1.Scan | None
    product: Any
    identifier: Any
    lot: Any
    level: str = "unit"
    quantity: float = 1
    lot_name: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.problems


class MedScan(models.AbstractModel):
    """From what a scanner sent to product, packaging level and lot, in at most four queries."""

    _name = "med.scan"
    _description = "Code reader"

    @api.model
    def _message(self, problem):
        return self.env["med.message"]._text(problem)

    @api.model
    def _resolve(self, code, expected_products=None, separators=()):
        """Read one label.

        :param code: what the scanner sent, or a list of it for a label with several symbols
        :param expected_products: products that may come here. They settle which product a symbol
            without product key is about, and anything else is a problem.
        :param separators: texts this device sends instead of FNC1
        :return: ScanResult; never raises for bad input
        """
        today = fields.Date.context_today(self)
        codes = [code] if isinstance(code, str) else list(code)
        try:
            read = gs1.combine([scan.parse(text, today, separators=separators) for text in codes], today)
        except ScanError as error:
            result = self._empty_result(None)
            # An empty barcode would match every product without one.
            product = len(codes) == 1 and codes[0].strip() and self._product_by_barcode([codes[0].strip()])
            if product:
                # A barcode of one's own choosing, on goods that have no device code.
                return self._check_expected(replace(result, product=product), expected_products)
            return replace(result, problems=(error.problem,))
        result = replace(self._empty_result(read), problems=read.problems)
        if read.gtin:
            result = self._with_product(result, read.gtin, today)
        elif read.sscc and not read.content_gtin:
            return result  # a logistic unit: what is inside is not on this label
        elif read.content_gtin:
            result = self._with_product(result, read.content_gtin, today)
            result = replace(result, quantity=result.quantity * (read.count or 1))
        else:
            result = self._with_expected_product(result, expected_products)
        if result.product:
            result = self._check_expected(result, expected_products)
            result = self._with_lot(result)
        return result

    @api.model
    def _empty_result(self, read):
        return ScanResult(
            scan=read,
            product=self.env["product.product"],
            identifier=self.env["med.product.identifier"],
            lot=self.env["stock.lot"],
        )

    # ------------------------------------------------------------------
    # Product
    # ------------------------------------------------------------------

    @api.model
    def _company_domain(self):
        return Domain("company_id", "in", [False, *self.env.companies.ids])

    @api.model
    def _with_product(self, result, gtin14, today):
        identifiers = self.env["med.product.identifier"].search(
            Domain("di", "=", gtin14) & Domain("agency", "=", "GS1") & self._company_domain()
        )
        # One's own company's dossier goes before the shared one, and that before another's.
        order = {self.env.company.id: 0, False: 1}
        identifier = identifiers.sorted(lambda one: order.get(one.company_id.id, 2))[:1]
        product = identifier.product_id or identifier.product_tmpl_id.product_variant_id
        if not product:
            product = self._product_by_barcode(gtin.shorter_forms(gtin14))
            if product:
                return replace(result, product=product)
            return self._add(result, "product_unknown", di=gtin14)
        result = replace(
            result,
            product=product,
            identifier=identifier,
            level=identifier.level,
            quantity=identifier.quantity,
        )
        about = {"di": gtin14, "product": product.display_name}
        if identifier.level == "use":
            result = self._add(result, "unit_of_use", **about)
        if identifier.valid_to and identifier.valid_to < today:
            result = self._add(result, "identifier_expired", date=str(identifier.valid_to), **about)
        if identifier.valid_from and identifier.valid_from > today:
            result = self._add(result, "identifier_not_yet", date=str(identifier.valid_from), **about)
        return result

    @api.model
    def _product_by_barcode(self, codes):
        return self.env["product.product"].search(
            Domain("barcode", "in", list(codes)) & self._company_domain(), limit=1
        )

    @api.model
    def _with_expected_product(self, result, expected_products):
        """A symbol that says lot and date but not the product: whose lot is it?"""
        expected = expected_products or self.env["product.product"]
        if len(expected) > 1 and (result.scan.lot or result.scan.serial):
            names = [name for name in (result.scan.lot, result.scan.serial) if name]
            lots = self.env["stock.lot"].search(
                Domain("name", "in", names) & Domain("product_id", "in", expected.ids) & self._company_domain()
            )
            expected = lots.product_id
            if len(expected) > 1:
                # T10: the same lot name on two products never chooses one of them.
                names = ", ".join(expected.mapped("display_name"))
                return self._add(result, "lot_matches_several", lot=lots[0].name, products=names)
        if len(expected) != 1:
            return self._add(result, "no_product_key")
        kept = tuple(p for p in result.problems if p.code != "needs" or p.params["ai"] not in ITEM_ELEMENTS)
        return replace(result, product=expected, problems=kept)

    @api.model
    def _check_expected(self, result, expected_products):
        if not expected_products or result.product in expected_products:
            return result
        names = ", ".join(expected_products[:5].mapped("display_name"))
        return self._add(result, "not_expected", product=result.product.display_name, expected=names)

    # ------------------------------------------------------------------
    # Lot
    # ------------------------------------------------------------------

    @api.model
    def _with_lot(self, result):
        """The lot of this product only: a lot name alone identifies nothing (T10)."""
        product, read = result.product, result.scan
        wanted = read.serial if product.tracking == "serial" else read.lot
        if product.tracking == "none":
            return result
        if not wanted:
            other = read.lot if product.tracking == "serial" else read.serial
            if other:
                code = "serial_missing" if product.tracking == "serial" else "lot_missing"
                result = self._add(result, code, product=product.display_name)
            return result
        # The element read ambiguously may also be the other one (a date glued to the serial).
        ambiguous = [p for p in result.problems if p.code == "ambiguous"]
        shorter = [p.params["shorter"] for p in ambiguous if p.params["value"] == wanted]
        lots = self.env["stock.lot"].search(
            Domain("product_id", "=", product.id) & Domain("name", "in", [wanted, *shorter]) & self._company_domain()
        )
        by_name = {lot.name: lot for lot in lots.sorted(lambda lot: lot.company_id == self.env.company)}
        lot = by_name.get(wanted, self.env["stock.lot"])
        if lot and shorter and not any(name in by_name for name in shorter):
            # The record proves the longer reading, and no record speaks for the shorter one.
            kept = tuple(p for p in result.problems if p.code != "ambiguous" or p.params["value"] != wanted)
            result = replace(result, problems=kept)
        result = replace(result, lot=lot, lot_name=wanted)
        return self._check_expiry(result) if lot else result

    @api.model
    def _check_expiry(self, result):
        lot, label = result.lot, result.scan.expiry
        if not label or not lot.expiration_date:
            return result
        recorded = fields.Datetime.context_timestamp(lot, lot.expiration_date).date()
        # The record is a moment, the label a day: its day may be meant in either time zone.
        if label in (recorded, lot.expiration_date.date()):
            return result
        return self._add(
            result,
            "expiry_differs",
            product=result.product.display_name,
            lot=lot.name,
            label=str(label),
            record=str(recorded),
        )

    @api.model
    def _add(self, result, code, **params):
        return replace(result, problems=(*result.problems, Problem(code, params)))
