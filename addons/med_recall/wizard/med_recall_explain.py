from odoo import fields, models


class MedRecallExplain(models.TransientModel):
    """The dialog in which quality says what became of units that cannot be found."""

    _name = "med.recall.explain"
    _description = "Explain missing units"

    answer_id = fields.Many2one("med.recall.answer", "Units", required=True)
    quantity = fields.Float(required=True, digits="Product Unit")
    explanation = fields.Char("What became of them", required=True)

    def action_explain(self):
        self.ensure_one()
        self.answer_id._explain(self.quantity, self.explanation)
        return {"type": "ir.actions.act_window_close"}
