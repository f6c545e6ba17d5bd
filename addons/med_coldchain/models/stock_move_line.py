from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _action_done(self):
        # what comes from a supplier is judged when it is received; what moves within the house, here
        within = self._med_devices().filtered(
            lambda line: (
                line.location_dest_id.usage == "internal"
                and line.location_id.usage != "supplier"
                and line.product_id.product_tmpl_id.med_storage_profile_id
            )
        )
        if within:
            within._med_check_storage()
        return super()._action_done()

    def _med_check_storage(self):
        """Goods lie only where their temperature is kept, also when nobody but us moves them.

        :raises GateRefusedError: naming every line and place
        """
        gate = self.env["med.gate"]
        verdicts = gate._judge(self, "receive")
        blocking = [v for v in verdicts if v.finding.rule == "storage_unsuitable" and v.blocks]
        if blocking:
            gate._refuse(blocking, "receive")
