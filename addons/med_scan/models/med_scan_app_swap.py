from odoo import api, models

SWAP = "MED:SWAP "


class MedScanAppSwap(models.AbstractModel):
    """The lot in hand in place of the one that was reserved, where nothing speaks against it: it is
    free at the same place, the gate lets it go, and it expires no later than the reserved one."""

    _inherit = "med.scan.app"

    @api.model
    def _step_pick(self, picking, step):
        if step["code"].upper().startswith(SWAP):
            return self._swap(picking, step)
        return super()._step_pick(picking, step)

    def _wrong_goods(self, picking, step, lines, read, problem, product=None, lot_name=None, found=None):
        answer, kept = super()._wrong_goods(picking, step, lines, read, problem, product, lot_name, found)
        if problem == "wrong_lot" and step["state"]["flow"] == "pick" and read and read.lot:
            line = self._swap_line(lines, read)
            if line:
                label = self._say("swap_offer", lot=read.lot.name, other=line.lot_id.name)
                answer["choices"] = [{"code": SWAP + step["code"], "label": label}]
                answer["screen"] = "choose"
        return answer, kept

    def _swap_line(self, lines, read):
        """The first line that could take the lot instead; none is offered that would be refused later."""
        lot = read.lot
        quants = self.env["stock.quant"].search([("lot_id", "=", lot.id), ("location_id.usage", "=", "internal")])
        free = {}
        for quant in quants.filtered(lambda one: not one.package_id and not one.owner_id):
            free[quant.location_id] = free.get(quant.location_id, 0) + quant.quantity - quant.reserved_quantity
        for line in lines.filtered(lambda one: one.product_id == lot.product_id and one.lot_id and one._med_left()):
            is_whole = not line.med_scanned_qty and not line.package_id and not line.owner_id
            is_free = free.get(line.location_id, 0) >= line.quantity_product_uom
            dates = (lot.expiration_date, line.lot_id.expiration_date)
            if is_whole and is_free and (not all(dates) or dates[0] <= dates[1]):
                # all lines of a product go the same way: the first one's verdict is the others'
                verdicts = self.env["med.gate"]._judge_lots(line.move_id, lot, "scan")
                stops = [one for one in verdicts if one.policy.effect != "warn"]
                return line.browse() if stops and lot.product_id.med_is_device else line
        return lines.browse()

    def _swap(self, picking, step):
        lines = self._flow_lines(picking, "pick")
        step = {**step, "code": step["code"][len(SWAP) :]}
        read = self.env["med.scan"]._resolve(step["code"], expected_products=lines.product_id)
        line = self._swap_line(lines, read) if read.accepted and read.lot else lines.browse()
        if not line:
            return self._wrong(picking, step, "swap_gone")
        before = line.lot_id
        line.lot_id = read.lot
        body = {"before": [before.id, before.name], "after": [read.lot.id, read.lot.name]}
        self.env["med.evidence.event"]._record("scan.swapped", [{"record": picking, "body": body}])
        return self._take(picking, step, lines, read, read.lot_name)
