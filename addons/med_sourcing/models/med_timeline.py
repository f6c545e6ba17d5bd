from odoo import models


class MedTimeline(models.AbstractModel):
    _inherit = "med.timeline"

    def _med_timeline_sentence(self, event, body):
        if event.kind == "order.sourced":
            return self.env._("Served from: %(ways)s", ways="; ".join(body.get("ways", [])))
        return super()._med_timeline_sentence(event, body)
