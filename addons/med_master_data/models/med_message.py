from odoo import api, models


class MedMessage(models.AbstractModel):
    """The one place where codes of the pure libraries become sentences.

    An addon with codes of its own extends ``_sentences``.
    """

    _name = "med.message"
    _description = "Sentences for codes"

    @api.model
    def _text(self, problem):
        """The sentence for a ``lib.errors.Problem``, in the user's language."""
        sentence = self._sentences().get(problem.code)
        if sentence is None:
            # A code without a sentence is a defect, found by a test; the user still gets the facts.
            return f"{problem.code} {dict(problem.params)}"
        return sentence % problem.params

    @api.model
    def _sentences(self):
        return self._scan_sentences() | self._lookup_sentences() | self._dossier_sentences()

    @api.model
    def _scan_sentences(self):
        """What is wrong with the text of a code."""
        _ = self.env._
        return {
            "empty": _("The code is empty. Scan again."),
            "scan_too_long": _("The code has %(length)s characters; no device code has more than %(maximum)s."),
            "unknown_scheme": _(
                "“%(value)s” is not a device code (GS1, HIBC, ISBT 128 or MA). Scan the UDI on the label."
            ),
            "scheme_unsupported": _("This is a %(scheme)s code, which is not read. Scan the GS1 code on the label."),
            "not_numeric": _("“%(value)s” must consist of digits 0-9 only."),
            "gtin_length": _("“%(value)s” has %(length)s digits; a GTIN has 8, 12, 13 or 14."),
            "check_digit": _(
                "The check digit of “%(value)s” is wrong (it should be %(expected)s): "
                "misread or misprinted. "
                "Scan again, or compare with the printed number."
            ),
            "check_pair": _("The two check characters of “%(value)s” in element (%(ai)s) are wrong. Scan again."),
            "unknown_ai": _(
                "“%(text)s” at position %(position)s is no GS1 application identifier. "
                "The separator of the scanner may be missing: check the scanner's settings."
            ),
            "empty_value": _("Element (%(ai)s) is empty. Scan again."),
            "too_short": _("Element (%(ai)s) “%(value)s” is too short. Scan again."),
            "too_long": _(
                "Element (%(ai)s) “%(value)s” is longer than %(length)s characters. "
                "The separator of the scanner may be missing: check the scanner's settings."
            ),
            "bad_character": _(
                "Element (%(ai)s) “%(value)s” holds the character “%(character)s”, "
                "which GS1 does not allow there. "
                "Check the keyboard layout of the scanner."
            ),
            "bad_date": _("“%(value)s” is no date. Scan again, or compare with the printed date."),
            "bad_time": _("Element (%(ai)s) “%(value)s” is no time of day."),
            "bad_value": _("Element (%(ai)s) may not have the value “%(value)s”."),
            "bad_country": _("Element (%(ai)s) “%(value)s” is no country code."),
            "bad_piece": _("Element (%(ai)s) “%(value)s” is no piece number within a total."),
            "bad_sequence": _("Element (%(ai)s) “%(value)s” is no position within a sequence."),
            "company_prefix": _("Element (%(ai)s) “%(value)s” does not start with a GS1 company prefix."),
            "bad_brackets": _("“%(value)s” is not a printed GS1 code such as (01)…(17)…(10)…."),
            "brackets_in_symbol": _(
                "The symbol holds brackets, so it was printed wrongly: “%(value)s”. Report the label."
            ),
            "repeated": _(
                "Element (%(ai)s) appears with two values, “%(value)s” and "
                "“%(other)s”. Do the codes belong to one item?"
            ),
            "excluded": _("Elements (%(ai)s) and (%(other)s) may not appear together. Report the label."),
            "needs": _(
                "Element (%(ai)s) alone is not enough: it needs %(needs)s. Scan the other code on the label too."
            ),
            "needs_serial": _("Element (%(ai)s) needs a serial component where a digital signature is given."),
            "ambiguous": _(
                "“%(value)s” in element (%(ai)s) could also mean “%(shorter)s” "
                "followed by “%(rest)s”: the scanner "
                "swallows the separator. Compare with the printed label."
            ),
        }

    @api.model
    def _lookup_sentences(self):
        """What a readable code does not agree with."""
        _ = self.env._
        return {
            "product_unknown": _("No product has the identifier %(di)s. Ask quality to add it to the device dossier."),
            "no_product_key": _("The code names no product. Scan the code with the product identifier (01) first."),
            "not_expected": _("%(product)s is not asked for here. Put it back and take one of: %(expected)s."),
            "identifier_expired": _("Identifier %(di)s of %(product)s is valid until %(date)s only. Ask quality."),
            "identifier_not_yet": _("Identifier %(di)s of %(product)s is valid from %(date)s only. Ask quality."),
            "unit_of_use": _(
                "%(di)s is the code of a single unit of use inside the sales unit of %(product)s. "
                "Scan the code on the outer package."
            ),
            "lot_missing": _("%(product)s is tracked by lot, but the code holds no lot (10). Scan the other code."),
            "serial_missing": _(
                "%(product)s is tracked by serial number, but the code holds no serial "
                "number (21). Scan the other code."
            ),
            "lot_matches_several": _(
                "Lot %(lot)s exists for several products: %(products)s. Scan the product code first."
            ),
            "expiry_differs": _(
                "The label of %(product)s, lot %(lot)s, says it expires on %(label)s; "
                "the record says %(record)s. "
                "Put the goods aside and tell quality."
            ),
        }

    @api.model
    def _dossier_sentences(self):
        """What is wrong with master data."""
        _ = self.env._
        return {
            "di_missing": _("The device has no primary identifier. Add it, or leave the line out."),
            "di_agency": _("%(agency)s is no issuing agency known here (identifier %(di)s)."),
            "di_mismatch": _("The line is about %(di)s, but its primary identifier is %(other)s. Correct the file."),
            "di_repeated": _("Identifier %(di)s is already on line %(line)s of this file. Remove one of the lines."),
            "di_taken": _("Identifier %(di)s already belongs to %(product)s. Correct that dossier first."),
            "di_other_device": _("Identifier %(di)s belongs to another device and was left out here."),
            "name_missing": _("Device %(di)s has no name. Add one."),
            "device_class": _("Device %(di)s: class %(device_class)s is not I, II or III."),
            "tracking": _("Device %(di)s: tracking “%(tracking)s” is neither lot nor serial."),
            "line_json": _("The line is not a JSON object. Export the file again as JSON Lines (UTF-8)."),
            "pack_quantity": _(
                "Package %(di)s: the quantity “%(quantity)s” is not a whole number above zero. Left out."
            ),
            "pack_chain": _("Package %(di)s contains %(contains)s, which does not lead to the device. Left out."),
            "pack_twice": _("Package %(di)s is given with two different quantities. The first was kept."),
            "temperature_value": _("“%(value)s” is no temperature."),
            "temperature_unit": _("“%(unit)s” is neither degrees Celsius nor degrees Fahrenheit."),
            "temperature_inverted": _(
                "The lower limit %(low)s °C is above the upper limit %(high)s °C. No limits were kept."
            ),
            "temperature_absurd": _(
                "The storage limits %(low)s to %(high)s °C are unlikely. Check them with the label."
            ),
            "write_refused": _("%(product)s could not be changed: %(error)s"),
            "number_format": _("“%(number)s” is not written as a Chinese registration or filing number."),
            "number_length": _("%(number)s has %(digits)s digits at its end; there must be %(expected)s."),
            "number_year": _("%(number)s: %(year)s cannot be the year of a number in this format."),
            "number_authority": _("%(number)s: “%(authority)s” is no registering authority."),
            "number_class": _("%(number)s: class %(device_class)s is not registered (class I is filed)."),
            "number_authority_class": _(
                "%(number)s: “%(authority)s” does not register class %(device_class)s "
                "of this origin "
                "(domestic III and imports: national; domestic II: province)."
            ),
            "number_old": _("%(number)s is of an earlier format. It may still be on old stock; check its validity."),
            "number_class_differs": _(
                "%(number)s is a number of class %(device_class)s, but the certificate says class %(other)s."
            ),
            "number_kind_differs": _("%(number)s is a filing number on a registration certificate, or the reverse."),
        }
