from odoo import models


class MedNumbering(models.AbstractModel):
    """Numbers per company, many in one query."""

    _name = "med.numbering"
    _description = "Numbers per company"

    # (code of the sequence, prefix)
    _numbering = ("", "")

    def _next_numbers(self, company, count):
        """``count`` new numbers of ``company``, in order."""
        code, prefix = self._numbering
        # sudo: whoever opens a record draws its number, and the first one of a company begins the sequence
        sequences = self.env["ir.sequence"].sudo()
        sequence = sequences.search([("code", "=", code), ("company_id", "=", company.id)], limit=1)
        if not sequence:
            sequence = sequences.create(
                {
                    "name": f"{code} {company.name}",
                    "code": code,
                    "prefix": prefix + "%(year)s-",
                    "padding": 5,
                    "company_id": company.id,
                }
            )
        # Odoo's standard sequences are sequences of PostgreSQL; next_by_id would ask once per number
        self.env.cr.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [f"ir_sequence_{sequence.id:03d}", count])
        return [sequence.get_next_char(number) for (number,) in self.env.cr.fetchall()]
