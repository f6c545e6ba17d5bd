from dataclasses import dataclass, replace
from typing import Any

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib import gs1, gtin, hibc, keyboard, scan
from ..lib.errors import Problem, ScanError

# Elements that say something about an item whose product the reader knows already.
ITEM_ELEMENTS = {"10", "11", "13", "15", "16", "17", "21", "30", "240"}
# Agencies whose identifiers may be printed as they are registered, in a form no reader knows.
OTHER_AGENCIES = ["AHM", "MA", "HIBCC", "ICCBBA"]
KEYBOARD_NOTES = {
    keyboard.FULL_WIDTH: "read_as_full_width",
    keyboard.CAPS_LOCK: "read_as_caps_lock",
    keyboard.AZERTY: "read_as_azerty",
    keyboard.QWERTZ: "read_as_qwertz",
}
MAXIMUM_SYMBOLS = 4  # of one label; no UDI needs more than three


@dataclass(frozen=True)
class Expected:
    """What may come here; None where nobody said."""

    products: Any = None
    lots: Any = None


@dataclass(frozen=True)
class ScanResult:
    """What a scan means here. Records are empty when there is none.

    ``quantity``: sales units that one such label stands for. ``lot_name``: the lot, or for a
    product tracked by serial number the serial, that the label says; ``lot`` is its record.
    Nothing may be taken without looking at ``problems``. ``notes`` say why a label was read
    otherwise than it was typed. ``readings``: the choices of an ambiguous label.
    """

    scan: gs1.Scan | None
    product: Any
    identifier: Any
    lot: Any
    level: str = "unit"
    quantity: float = 1
    lot_name: str | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    readings: tuple[gs1.Scan, ...] = ()

    def has_problem(self, code):
        return any(problem.code == code for problem in self.problems)

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
    def _resolve(self, code, expected_products=None, separators=(), expected_lots=None):
        """Read one label.

        :param code: what the scanner sent, or a list of it for a label with several symbols, in
            any order
        :param expected_products: products that may come here. They settle which product a symbol
            without product key is about, and anything else is a problem.
        :param separators: texts this device sends instead of FNC1
        :param expected_lots: lots that may come here. They settle lost separators and keyboard
            settings; without them the product's lots on record do.
        :return: ScanResult; never raises for bad input
        """
        today = fields.Date.context_today(self)
        codes = [code] if isinstance(code, str) else list(code)
        expected = Expected(expected_products, expected_lots)
        try:
            read = self._read(codes, today, separators)
        except ScanError as error:
            return self._not_read(codes, error, today, separators, expected)
        result = self._find(read, today, expected)
        if expected_lots and result.product and result.lot not in expected_lots:
            # Readable, but not what is here: one wrong letter may be the keyboard's.
            better = self._by_keyboard(codes, today, separators, expected)
            if len(better) == 1 and better[0].lot in expected_lots:
                return better[0]
        return result

    @api.model
    def _collect(self, pending, code, **kwargs):
        """Read a label of several symbols one scan after the other, in either order.

        The caller keeps ``pending``, a list of codes, between two scans; it starts empty and is
        empty again when the label is complete (or cannot be completed).

        :return: ScanResult, and the codes to hand in with the next scan
        """
        pending = list(pending or [])
        if code in pending:
            pending.remove(code)
        codes = [*pending, code]
        result = self._resolve(codes, **kwargs)
        if pending and result.scan is None:
            # It does not belong to what came before: a new label begins.
            codes = [code]
            result = self._resolve(codes, **kwargs)
            if result.scan is not None:
                result = self._note(result, "label_begun_anew")
        return result, codes if self._is_incomplete(result) and len(codes) < MAXIMUM_SYMBOLS else []

    @api.model
    def _is_incomplete(self, result):
        """Another symbol of the same label would help."""
        if result.scan is None:
            return False
        codes = {problem.code for problem in result.problems}
        if codes & {"needs", "no_product_key", "hibc_secondary", "lot_missing", "serial_missing"}:
            return True
        return bool(result.product) and result.product.tracking != "none" and not result.lot_name

    @api.model
    def _read(self, codes, today, separators):
        return scan.combine([scan.parse(text, today, separators=separators) for text in codes], today)

    @api.model
    def _not_read(self, codes, error, today, separators, expected):
        """No scheme reads it: a barcode of one's own, an identifier as registered, or a keyboard."""
        result = self._empty_result(None)
        text = codes[0].strip()
        # An empty barcode would match every product without one.
        if len(codes) == 1 and text:
            product = self._product_by_barcode([text])
            if product:
                # A barcode of one's own choosing, on goods that have no device code.
                return self._check_expected(replace(result, product=product), expected.products)
            result = self._with_product(result, [text], OTHER_AGENCIES, today, unknown=False)
            if result.product:
                return self._check_expected(result, expected.products)
        better = self._by_keyboard(codes, today, separators, expected)
        if len(better) == 1:
            return better[0]
        if better:
            texts = " / ".join(sorted({one.notes[0].params["meant"] for one in better}))
            return self._add(result, "keyboard_several", texts=texts)
        return replace(result, problems=(error.problem,))

    @api.model
    def _by_keyboard(self, codes, today, separators, expected):
        """Readings under a wrong keyboard setting that fit what is here; each says why.

        Never a guess: the product must be known (and expected, where that is said), and a lot or
        serial must be on record, unless the setting cannot have changed anything else.
        """
        found = {}
        repaired = [list(keyboard.repairs(code)) for code in codes]
        for repair in repaired[0]:
            meant = [repair.text]
            for others in repaired[1:]:
                # One keyboard typed all of it.
                meant += [other.text for other in others if other.setting == repair.setting][:1]
            if len(meant) < len(codes):
                continue
            try:
                read = self._read(meant, today, separators)
            except ScanError:
                continue
            result = self._find(read, today, expected)
            if not result.product or result.has_problem("not_expected"):
                continue
            if result.lot_name and not result.lot and not repair.lossless:
                result = self._add(result, "keyboard_lot", lot=result.lot_name)
            key = (result.product, result.lot_name, read.expiry)
            typed = " ".join(codes)
            note = KEYBOARD_NOTES[repair.setting]
            found.setdefault(key, self._note(result, note, typed=typed, meant=" ".join(meant)))
        proved = [one for one in found.values() if one.accepted]
        return proved or list(found.values())

    @api.model
    def _find(self, read, today, expected):
        """Product, level, quantity and lot of a reading."""
        result = replace(self._empty_result(read), problems=read.problems, notes=read.notes)
        if read.di:
            result = self._with_product(result, self._registered_forms(read), [read.agency], today)
            if read.agency == "HIBCC" and read.di.endswith(hibc.VARIABLE_QUANTITY) and read.quantity:
                result = replace(result, quantity=read.quantity)
        elif read.sscc and not read.content_gtin:
            return result  # a logistic unit: what is inside is not on this label
        elif read.content_gtin:
            result = self._with_product(result, [read.content_gtin], ["GS1"], today)
            result = replace(result, quantity=result.quantity * (read.count or 1))
        else:
            result = self._with_expected_product(result, expected.products)
        if result.product:
            result = self._check_expected(result, expected.products)
            result = self._with_lot(result, today, expected)
        return result

    @api.model
    def _registered_forms(self, read):
        """The texts under which the identifier of a label may be registered."""
        return hibc.registered_forms(read.di) if read.agency == "HIBCC" else [read.di]

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
    def _with_product(self, result, dis, agencies, today, unknown=True):
        """The product of an identifier; ``dis`` are the forms in which it may be registered."""
        di = dis[0]
        identifiers = self.env["med.product.identifier"].search(
            Domain("di", "in", dis) & Domain("agency", "in", agencies) & self._company_domain()
        )
        # One's own company's dossier goes before the shared one, and that before another's.
        order = {self.env.company.id: 0, False: 1}
        identifier = identifiers.sorted(lambda one: order.get(one.company_id.id, 2))[:1]
        product = identifier.product_id or identifier.product_tmpl_id.product_variant_id
        if not product:
            if agencies == ["GS1"]:
                product = self._product_by_barcode(gtin.shorter_forms(di))
            if product:
                return replace(result, product=product)
            return self._add(result, "product_unknown", di=di) if unknown else result
        result = replace(
            result,
            product=product,
            identifier=identifier,
            level=identifier.level,
            quantity=identifier.quantity,
        )
        about = {"di": di, "product": product.display_name}
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
        kept = tuple(
            p
            for p in result.problems
            if p.code != "hibc_secondary" and (p.code != "needs" or p.params["ai"] not in ITEM_ELEMENTS)
        )
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
    def _with_lot(self, result, today, expected):
        """The lot of this product only: a lot name alone identifies nothing (T10)."""
        if result.product.tracking == "none":
            return result
        # The element read ambiguously may also be the other one (a date glued to the serial).
        readings = gs1.readings(result.scan, today)
        names = {self._lot_name(result.product, read) for read in readings} - {None}
        by_name = {}
        if names:
            lots = self.env["stock.lot"].search(
                Domain("product_id", "=", result.product.id)
                & Domain("name", "in", list(names))
                & self._company_domain()
            )
            by_name = {lot.name: lot for lot in lots.sorted(lambda lot: lot.company_id == self.env.company)}
        if len(readings) > 1:
            result = self._choose(result, readings, by_name, expected)
        wanted = self._lot_name(result.product, result.scan)
        if not wanted:
            is_serial = result.product.tracking == "serial"
            if result.scan.lot if is_serial else result.scan.serial:
                code = "serial_missing" if is_serial else "lot_missing"
                result = self._add(result, code, product=result.product.display_name)
            return result
        lot = by_name.get(wanted, self.env["stock.lot"])
        result = replace(result, lot=lot, lot_name=wanted)
        return self._check_expiry(result) if lot else result

    @api.model
    def _lot_name(self, product, read):
        return read.serial if product.tracking == "serial" else read.lot

    @api.model
    def _choose(self, result, readings, by_name, expected):
        """Which reading of a label without separators is true: the only one whose lot is here.

        With none or several the question stays (T7).
        """
        known = [read for read in readings if self._lot_name(result.product, read) in by_name]
        if len(known) > 1 and expected.lots:
            known = [read for read in known if by_name[self._lot_name(result.product, read)] in expected.lots]
        if len(known) != 1:
            return replace(result, readings=tuple(readings))
        (read,) = known
        kept = tuple(problem for problem in result.problems if problem.code != "ambiguous")
        result = replace(result, problems=kept)
        if read.elements == result.scan.elements:
            return result  # as scanned
        lot = self._lot_name(result.product, read)
        result = replace(result, scan=read)
        return self._note(result, "read_as_split", meant=gs1.to_text(read.elements), lot=lot)

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

    @api.model
    def _note(self, result, code, **params):
        """Something told, not asked: ``notes`` do not keep a scan from being taken."""
        return replace(result, notes=(Problem(code, params), *result.notes))
