from odoo import api, models


class MedMessage(models.AbstractModel):
    _inherit = "med.message"

    @api.model
    def _sentences(self):
        return super()._sentences() | self._table_sentences() | self._cell_sentences() | self._row_sentences()

    @api.model
    def _table_sentences(self):
        """What is wrong with a file."""
        _ = self.env._
        return {
            "table_empty": _("The file is empty. Choose the file that was exported."),
            "table_old_excel": _("This is an old Excel file (.xls). Open it and save it as XLSX or CSV."),
            "table_broken": _("The workbook cannot be opened: it is damaged or has a password. Save it again as XLSX."),
            "table_broken_row": _("Row %(row)s: a quotation mark is never closed. Correct it, or export the file again."),
            "table_bomb": _("The workbook unpacks to more than a gigabyte. Remove empty formatted rows, or save it as CSV."),
            "table_encoding": _(
                "The characters from row %(position)s on are in an unknown encoding. "
                "Save the file as UTF-8, or set the encoding of the source."
            ),
            "table_encoding_declared": _(
                "The file is not written in %(encoding)s. Correct the encoding of the source, or save the file as UTF-8."
            ),
            "table_binary": _("The file is neither CSV nor XLSX. Export it again as one of them."),
            "table_separator": _(
                "What separates the columns cannot be told from the file. Set the separator of the source."
            ),
            "table_too_wide": _("Row %(row)s has %(columns)s columns; %(maximum)s are read at most. Remove the others."),
            "table_cell_long": _(
                "Row %(row)s holds a cell of more than %(maximum)s characters. Shorten it, or look for a missing quotation mark."
            ),
            "no_column_known": _(
                "No column is known (the first row says: %(headers)s). "
                "Take the template, or say what the columns mean."
            ),
            "column_missing": _("The column “%(column)s” is missing. Add it, or say which column of the file means it."),
            "column_twice": _("Two columns mean the same: %(headers)s. Leave one of them without meaning."),
            "udid_xml": _("The file is not a whole XML file of the UDI database. Download it again."),
            "import_failed": _("The import stopped: %(error)s"),
        }

    @api.model
    def _cell_sentences(self):
        """What is wrong with a cell."""
        _ = self.env._
        return {
            "cell_required": _("This cell must not be empty. Fill it in."),
            "cell_formula": _("“%(value)s” is an error of the spreadsheet. Correct the formula, or enter the value itself."),
            "cell_hashes": _("“%(value)s” is what a too narrow column shows. Widen the column and export again."),
            "cell_replaced": _("“%(value)s” holds characters that were lost when the file was saved. Export again as UTF-8."),
            "cell_control": _("“%(value)s” holds a control character. Enter it again."),
            "cell_scientific": _(
                "“%(value)s” has lost digits: a spreadsheet took the code for a number. "
                "Format the column as text and enter the code again from the source."
            ),
            "cell_number_as_text": _("“%(value)s” is a number with decimals where a code is expected. Format the column as text."),
            "cell_date_as_text": _(
                "The spreadsheet has turned this code into the date %(value)s. "
                "Format the column as text and enter the code again."
            ),
            "cell_zeros_lost": _(
                "“%(value)s” has %(length)s digits and no GTIN has so many: leading zeros are lost, or digits are missing. "
                "Format the column as text and enter the code again from the source."
            ),
            "cell_number": _("“%(value)s” is not a number. Enter digits only."),
            "cell_number_large": _("“%(value)s” is too large. Check the decimal mark."),
            "cell_decimal_mark": _(
                "“%(value)s” does not fit the decimal mark “%(mark)s” of this source. "
                "Correct the value, or the decimal mark of the source."
            ),
            "cell_integer": _("“%(value)s” must be a whole number."),
            "cell_flag": _("“%(value)s” is neither yes nor no."),
            "cell_date": _("“%(value)s” is not a date. Write it as 2026-11-23."),
            "cell_date_order": _(
                "“%(value)s” could be read with day and month exchanged. "
                "Set the order of dates of the source, or write it as 2026-11-23."
            ),
            "cell_date_serial": _("“%(value)s” is the spreadsheet's own number for a date. Format the column as a date."),
            "cell_date_century": _("“%(value)s” has a year of two digits. Write all four."),
            "cell_choice": _("“%(value)s” is not known here. Allowed: %(allowed)s."),
            "cell_limits_inverted": _("The lower limit %(low)s is above the upper limit %(high)s. Correct one of them."),
            "cell_not_positive": _("The quantity must not be negative or, here, zero. Correct it."),
        }

    @api.model
    def _row_sentences(self):
        """What is wrong with a row."""
        _ = self.env._
        return {
            "row_repeated": _("“%(value)s” is already in row %(row)s of this file. Remove one of the rows."),
            "row_refused": _("Odoo refuses this row: %(error)s"),
            "product_not_found": _("No product has the code, identifier or key “%(value)s”. Import the products first."),
            "product_ambiguous": _("%(count)s products have the code “%(value)s”. Give each its own code first."),
            "product_without_identity": _("The row has neither a key nor a code nor a DI. Enter one of them."),
            "product_untracked": _(
                "%(product)s is not tracked, so it has no lots. Leave the lot empty, or set its tracking first."
            ),
            "partner_not_found": _("No partner has the code, key or name “%(value)s”. Import the partners first."),
            "partner_ambiguous": _("%(count)s partners match “%(value)s”. Use the code, and give each its own."),
            "partner_without_identity": _("The row has neither a key nor a code. Enter one of them."),
            "category_not_found": _("There is no product category “%(value)s”. Create it, or leave the cell empty."),
            "country_not_found": _("“%(value)s” is no country code. Use two letters, such as CN."),
            "location_not_found": _("There is no location “%(value)s”. Create it, or write its full name."),
            "location_ambiguous": _("%(count)s locations are called “%(value)s”. Write the full name, such as WH/Stock/A1."),
            "lot_required": _("%(product)s is tracked, so its lot or serial number is needed. Enter it as printed."),
            "serial_quantity": _("%(product)s is tracked by serial number: the quantity can only be 0 or 1. Use one row each."),
            "stock_changed": _(
                "This row was imported before with “%(before)s”, now it says “%(now)s”. "
                "Correct the file, or count the stock in Odoo."
            ),
        }
