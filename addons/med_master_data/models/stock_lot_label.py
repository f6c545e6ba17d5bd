from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import symbols
from ..lib.errors import ScanError

MODULE_MM = 0.5  # width of a Data Matrix module on our labels
BAR_MM = 0.25  # width of a GS1-128 module, where there is room
ROOM_MM = 66.0  # what a label of 70 mm has between its margins


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _med_udi_elements(self):
        """The UDI of a lot or serial number as GS1 elements, in the order of the standard: DI first.

        :raises UserError: no GS1 identifier, or a name that GS1 does not allow
        """
        self.ensure_one()
        identifiers = self.product_id.product_tmpl_id.med_identifier_ids.filtered(
            lambda one: (
                one.agency == "GS1"
                and one.level == "unit"
                and (not one.product_id or one.product_id == self.product_id)
            )
        )
        today = fields.Date.context_today(self)
        identifiers = identifiers.filtered(lambda one: not one.valid_to or one.valid_to >= today)
        if not identifiers:
            raise UserError(
                self.env._(
                    "%(product)s has no valid GS1 identifier of the sales unit, so no UDI label can be printed. "
                    "Ask quality to add it to the device dossier.",
                    product=self.product_id.display_name,
                )
            )
        elements = [("01", identifiers[0].di)]
        if self.med_production_date:
            elements.append(("11", self.med_production_date.strftime("%y%m%d")))
        if self.expiration_date:
            # The label says a day: the one on the wall where the goods are.
            expiry = fields.Datetime.context_timestamp(self, self.expiration_date)
            elements.append(("17", expiry.strftime("%y%m%d")))
        elements.append(("21" if self.product_id.tracking == "serial" else "10", self.name))
        return elements

    def _med_udi_symbol(self):
        """The lot's GS1 Data Matrix."""
        try:
            return symbols.encode(self._med_udi_elements())
        except ScanError as error:
            raise self._med_label_error(error) from None

    def _med_udi_bars(self):
        """The lot's GS1-128, over two symbols where one cannot hold it or would be wider than the label."""
        try:
            return symbols.encode_128(self._med_udi_elements(), ROOM_MM / BAR_MM)
        except ScanError as error:
            raise self._med_label_error(error) from None

    def _med_bar_mm(self, symbol):
        """The width of a module with which the symbol fits the label."""
        try:
            return symbols.module_width(symbol, BAR_MM, ROOM_MM)
        except ScanError as error:
            raise self._med_label_error(error) from None

    def _med_udi_zpl(self):
        try:
            # Markup: a text report would otherwise write & and < of a lot as HTML.
            return Markup(symbols.zpl(self._med_udi_elements(), [self.product_id.name]))
        except ScanError as error:
            raise self._med_label_error(error) from None

    def _med_label_error(self, error):
        return UserError(
            self.env._(
                "No UDI label can be printed for lot %(lot)s: %(reason)s",
                lot=self.name,
                reason=self.env["med.message"]._text(error.problem),
            )
        )


class StockPackage(models.Model):
    _inherit = "stock.package"

    def _med_sscc_bars(self):
        """The package's SSCC as GS1-128. The name of the package is its SSCC."""
        self.ensure_one()
        try:
            return symbols.encode_128([("00", self.name)])
        except ScanError as error:
            raise UserError(
                self.env._(
                    "The name of package %(package)s is no SSCC: %(reason)s Give it 18 digits with a valid check digit.",
                    package=self.name,
                    reason=self.env["med.message"]._text(error.problem),
                )
            ) from None
