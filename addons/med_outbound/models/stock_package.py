from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.med_master_data.lib import gtin

SSCC = 18


class ResCompany(models.Model):
    _inherit = "res.company"

    med_gs1_prefix = fields.Char(
        "GS1 company prefix",
        size=12,
        prefetch="med",
        help="With it every new package is numbered with an SSCC (GS1 General Specifications 3.3.1).",
    )

    @api.constrains("med_gs1_prefix")
    def _check_med_gs1_prefix(self):
        for company in self:
            prefix = company.med_gs1_prefix
            if prefix and not (prefix.isascii() and prefix.isdigit() and 4 <= len(prefix) <= 12):
                raise ValidationError(
                    self.env._("“%(prefix)s” is no GS1 company prefix: it has 4 to 12 digits.", prefix=prefix)
                )


class StockPackage(models.Model):
    _inherit = "stock.package"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("name"):
                company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
                if company.med_gs1_prefix:
                    vals["name"] = self._med_next_sscc(company)
        return super().create(vals_list)

    @api.model
    def _med_next_sscc(self, company):
        """The next serial shipping container code of the company: extension digit, prefix, serial
        reference, check digit. An SSCC is used again after a year at the earliest; ours run for ages."""
        # sudo: whoever packs draws a number, and the first one of a company begins the sequence
        sequences = self.env["ir.sequence"].sudo()
        code = "med.outbound.sscc"
        sequence = sequences.search([("code", "=", code), ("company_id", "=", company.id)], limit=1)
        if not sequence:
            sequence = sequences.create(
                {"name": f"SSCC {company.name}", "code": code, "company_id": company.id, "padding": 0}
            )
        room = SSCC - 1 - len(company.med_gs1_prefix)
        number = int(sequence.next_by_id())
        # the extension digit belongs to the number as well
        body = f"{number // 10 ** (room - 1) % 10}{company.med_gs1_prefix}{number % 10 ** (room - 1):0{room - 1}d}"
        return f"{body}{gtin.check_digit(body)}"

    def _med_is_sscc(self):
        name = self.name or ""
        return len(name) == SSCC and name.isascii() and name.isdigit() and gtin.has_valid_check_digit(name)

    def _med_shipped_with(self):
        """The youngest delivery that this package left with; empty when it is here."""
        self.ensure_one()
        line = self.env["stock.move.line"].search(
            [
                ("result_package_id", "=", self.id),
                ("state", "=", "done"),
                ("picking_id.picking_type_id.code", "=", "outgoing"),
            ],
            order="id desc",
            limit=1,
        )
        return line.picking_id
