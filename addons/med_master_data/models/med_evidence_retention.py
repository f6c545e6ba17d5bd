from odoo import models


class MedEvidenceEvent(models.Model):
    """What the rules of retention ask about goods: until when they may be used, and whether they
    are implants. Of a lot, and of everything that a movement of goods moved."""

    _inherit = "med.evidence.event"

    def _retention_facts(self):
        facts = super()._retention_facts()
        by_model = self.grouped("res_model")
        # sudo: the rules hold whoever asks
        lots = self.env["stock.lot"].sudo()
        lots = lots.browse([event.res_id for event in by_model.get("stock.lot", ())]).exists()
        goods = {("stock.lot", lot.id): lot for lot in lots}
        pickings = self.env["stock.picking"].sudo()
        pickings = pickings.browse([event.res_id for event in by_model.get("stock.picking", ())]).exists()
        for picking in pickings:
            lines = picking.move_line_ids
            # what has no lot says nothing of its expiry: as if nobody knew the goods
            if lines and all(line.lot_id for line in lines):
                goods["stock.picking", picking.id] = lines.lot_id
        for event in self:
            known = goods.get((event.res_model, event.res_id))
            days = [lot.expiration_date and lot.expiration_date.date() for lot in known or ()]
            # some with and some without an expiry date: two rules at once, so the longest of all
            if days and (all(days) or not any(days)):
                facts[event.id] |= {
                    "expiry": max(days) or None,
                    "implant": any(known.product_id.mapped("med_is_implant")),
                }
        return facts
