from odoo import api, models


class MedMessage(models.AbstractModel):
    """Sentences of the readers beside GS1 element strings, and of what was read otherwise."""

    _inherit = "med.message"

    @api.model
    def _sentences(self):
        return super()._sentences() | self._scheme_sentences() | self._reading_sentences()

    @api.model
    def _scheme_sentences(self):
        _ = self.env._
        return {
            "mixed_schemes": _(
                "The codes are of different systems (%(schemes)s) and cannot be taken together. "
                "Scan the codes of one label only."
            ),
            "hibc_character": _("“%(value)s” holds the character “%(character)s”, which HIBC does not allow."),
            "hibc_check": _(
                "The check character of “%(value)s” is wrong (it should be “%(expected)s”): misread or misprinted. "
                "Scan again, or compare with the printed text."
            ),
            "hibc_blank_lost": _(
                "“%(value)s” is right only with a blank at its end, which somebody may have cut off. "
                "Scan the label again instead of typing."
            ),
            "hibc_short": _("“%(value)s” is too short for a HIBC code. Scan again."),
            "hibc_primary": _("“%(value)s” does not begin with a HIBC labeller, product and unit of measure."),
            "hibc_segment": _("“%(value)s” is no part of a HIBC code that is known here. Scan again."),
            "hibc_link": _(
                "The two HIBC codes do not belong together (their link characters differ: %(links)s). "
                "Scan both codes of one label."
            ),
            "hibc_secondary": _(
                "This is the second code of a HIBC label. Scan the other code too: it names the product."
            ),
            "isbt_structure": _("“%(value)s” at position %(position)s begins no ISBT 128 data structure known here."),
            "isbt_short": _("“%(value)s” ends within the ISBT 128 data structure %(structure)s. Scan again."),
            "isbt_character": _(
                "“%(value)s” holds the character “%(character)s”, which ISBT 128 does not allow there."
            ),
            "isbt_donation": _("“%(value)s” is no ISBT 128 donation number."),
            "isbt_check": _("The flag characters of the donation number “%(value)s” should be %(expected)s: misread."),
            "ma_identifier": _("“%(value)s” is no MA code such as MA.156.M0.100777.1A00B015."),
            "ma_part": _("The part “%(part)s” of the MA code “%(value)s” is not known. Scan again."),
            "dl_uri": _("“%(value)s” is no web address that a GS1 Digital Link may have. Scan again."),
            "dl_no_key": _("“%(value)s” names no product (no /01/ or other GS1 key): it is not the code of goods."),
            "dl_compressed": _(
                "“%(value)s” is a compressed GS1 Digital Link, which is not read here. Scan another code on the label."
            ),
            "dl_attribute": _("Element (%(ai)s) may not stand where it stands in “%(value)s”. Report the label."),
            "dl_zeros": _("The GTIN in the web address lacks its leading zeros; they were added."),
            "epc_uri": _("“%(value)s” is no EPC of goods, packages, places or returnable assets."),
            "epc_hex": _("“%(value)s” is no EPC that a tag may hold. Read the tag again."),
            "epc_prefix": _("“%(value)s” cannot be a GS1 company prefix on a tag: it has 6 to 12 digits."),
            "epc_length": _("“%(value)s” has a wrong number of digits for its kind of EPC."),
            "epc_serial": _("“%(value)s” is no serial number that an EPC may have."),
            "epc_character": _("“%(value)s” holds the character “%(character)s”, which an EPC may not have."),
            "epc_coding": _("%(value)s cannot be written in this kind of tag."),
            "epc_does_not_fit": _(
                "“%(value)s” (%(uri)s) does not fit into this tag: a number without leading zeros was needed, or it is "
                "too long. Use a longer tag."
            ),
            "symbol_too_long": _("“%(value)s” has more than the %(maximum)s characters that fit into one symbol."),
            "epc_no_key": _("“%(value)s” holds no key that a tag could carry (serial GTIN, SSCC, place, asset)."),
        }

    @api.model
    def _reading_sentences(self):
        """Why a label was read otherwise than it was typed, or what to ask."""
        _ = self.env._
        return {
            "hibc_glued": _("%(count)s HIBC codes came as one; each has a right check character."),
            "label_begun_anew": _("This code does not belong to the codes before it: a new label was begun."),
            "read_as_split": _(
                "Read as %(meant)s, because lot or serial “%(lot)s” is known here and the scanner sent no separator."
            ),
            "read_as_full_width": _(
                "Read as %(meant)s, because an input method typed full-width characters (%(typed)s) "
                "and the code is known here. Switch the input method off for scanning."
            ),
            "read_as_caps_lock": _(
                "Read as %(meant)s, because caps lock is on (%(typed)s was typed) and the code is known here."
            ),
            "read_as_azerty": _(
                "Read as %(meant)s, because the scanner types for an American keyboard and the computer has a "
                "French one (%(typed)s was typed), and the code is known here."
            ),
            "read_as_qwertz": _(
                "Read as %(meant)s, because the scanner types for an American keyboard and the computer has a "
                "German one (%(typed)s was typed), and the code is known here."
            ),
            "keyboard_lot": _(
                "The keyboard setting of the scanner is wrong, and lot or serial “%(lot)s” is not known here, so the "
                "letters are in doubt. Correct the setting and scan again."
            ),
            "keyboard_several": _(
                "The keyboard setting of the scanner is wrong, and the code may mean several things: %(texts)s. "
                "Correct the setting and scan again."
            ),
        }
