from markupsafe import Markup
from odoo import api, fields, models

from ..lib import gs1_ai


class MedCodeQuestion(models.TransientModel):
    """Answers "what is this code?" with the same reader that every scan passes. Changes nothing."""

    _name = "med.code.question"
    _description = "What is this code?"

    code = fields.Text(
        help="Scan or paste one label. A label of several symbols: one code per line, in any order.",
    )
    separators = fields.Char(help="What this scanner sends instead of FNC1, such as <GS> or |.")
    expected_product_ids = fields.Many2many("product.product", string="Expected here")
    answer = fields.Html(compute="_compute_answer", sanitize=False)
    accepted = fields.Boolean(compute="_compute_answer")
    scheme = fields.Char(compute="_compute_answer")
    product_id = fields.Many2one("product.product", "Product", compute="_compute_answer")
    identifier_id = fields.Many2one("med.product.identifier", "Identifier", compute="_compute_answer")
    lot_id = fields.Many2one("stock.lot", "Lot", compute="_compute_answer")
    lot_name = fields.Char("Lot or serial on the label", compute="_compute_answer")
    expiry = fields.Date("Expires on", compute="_compute_answer")
    production_date = fields.Date("Made on", compute="_compute_answer")
    quantity = fields.Float("Sales units", compute="_compute_answer")

    @api.depends("code", "separators", "expected_product_ids")
    def _compute_answer(self):
        for question in self:
            codes = [line for line in (question.code or "").split("\n") if line.strip()]
            # FNC1 cannot be pasted into every field: its printed forms are taken too.
            separators = [text for text in (question.separators or "", "<GS>", "{GS}", "␝") if text]
            if not codes:
                question.update(dict.fromkeys(self._answer_fields(), False))
                continue
            result = self.env["med.scan"]._resolve(
                codes, expected_products=question.expected_product_ids, separators=separators
            )
            read = result.scan
            question.accepted = result.accepted
            question.scheme = self._scheme_names().get(read.scheme) if read else False
            question.product_id = result.product
            question.identifier_id = result.identifier
            question.lot_id = result.lot
            question.lot_name = result.lot_name or (read and (read.serial or read.lot))
            question.expiry = read and read.expiry
            question.production_date = read and read.production_date
            question.quantity = result.quantity if result.product else 0
            question.answer = self._answer(result)

    def _compute_display_name(self):
        for question in self:
            question.display_name = self.env._("What is this code?")

    @api.model
    def _answer_fields(self):
        return [name for name, field in self._fields.items() if field.compute == "_compute_answer"]

    @api.model
    def _scheme_names(self):
        _ = self.env._
        return {
            "gs1": _("GS1 element string"),
            "gtin": _("GTIN without further data"),
            "digital_link": _("GS1 Digital Link"),
            "epc": _("EPC (RFID)"),
            "hibc": _("HIBC"),
            "isbt128": _("ISBT 128 (ICCBBA)"),
            "ma": _("MA (IDcode)"),
        }

    @api.model
    def _answer(self, result):
        """Problems, reasons and parts, in the user's language."""
        message = self.env["med.scan"]._message
        blocks = [
            Markup('<div class="alert alert-%s mb-2" role="alert">%s</div>') % (kind, message(told))
            for kind, all_told in (("danger", result.problems), ("info", result.notes))
            for told in all_told
        ]
        if result.readings:
            choices = Markup("").join(
                Markup("<li><code>%s</code></li>") % self._parts_text(read) for read in result.readings[:10]
            )
            blocks.append(Markup("<p>%s</p><ul>%s</ul>") % (self.env._("It may mean:"), choices))
        if result.scan:
            rows = Markup("").join(
                Markup("<tr><td><code>%s</code></td><td>%s</td><td><code>%s</code></td></tr>")
                % (part, self._part_name(part), value)
                for part, value in result.scan.elements
            )
            blocks.append(Markup('<table class="table table-sm o_med_code_parts"><tbody>%s</tbody></table>') % rows)
        return Markup("").join(blocks)

    @api.model
    def _parts_text(self, read):
        return " ".join(f"({part})\N{NO-BREAK SPACE}{value}" for part, value in read.elements)

    @api.model
    def _part_name(self, part):
        """The data title of a GS1 element, as GS1 prints it; a word for the parts of other schemes."""
        if part in gs1_ai.TABLE:
            return gs1_ai.TABLE[part].title
        _ = self.env._
        return {
            "LIC": _("Labeller"),
            "PCN": _("Product"),
            "UOM": _("Unit of measure"),
            "MA": _("Device identifier"),
            "=/": _("Device identifier"),
            "=,": _("Serial number"),
            "=": _("Donation number"),
            "=>": _("Expiry"),
            "=}": _("Production"),
            "&,1": _("Lot"),
            "L": _("Lot"),
            "S": _("Serial number"),
            "M": _("Production"),
            "E": _("Expiry"),
            "V": _("Usable until"),
            "D": _("Sterilisation lot"),
            "C": _("Check character"),
        }.get(part, "")
