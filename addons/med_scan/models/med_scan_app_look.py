from datetime import UTC, datetime

from odoo import api, models
from odoo.tools import format_date


class MedScanAppLook(models.AbstractModel):
    """What is this, and may it go?"""

    _inherit = "med.scan.app"

    @api.model
    def look(self, code, state=None):
        """Tell of a label what it is on, where that is, and whether its lot may leave. Nothing is moved.

        :return: JSON: ``ok``, ``tone`` (right: the lot may leave as far as the lot goes; wrong: not),
            ``message``, ``notes`` (sentences), ``pending`` (to be sent as ``state`` with the next symbol)
        """
        self.env["med.scan.event"].check_access("read")
        pending = self._clean_state({"pending": state})["pending"]
        read, pending = self.env["med.scan"]._collect(pending, str(code or "")[:2049])
        message = self.env["med.message"]
        if not read.product:
            problems = read.problems or ()
            text = "\n".join(message._text(problem) for problem in problems) or self._say("code_unknown", code=code)
            return {
                "ok": False,
                "tone": "ask" if pending else "wrong",
                "message": text,
                "notes": [],
                "pending": pending,
            }
        product, lot = read.product, read.lot
        notes = [message._text(problem) for problem in (*read.notes, *read.problems)]
        if product.tracking != "none" and not lot:
            code = "look_lot_unknown" if read.lot_name else "scan_other_symbol"
            text = self._say(code, product=product.display_name, lot=read.lot_name or "–")
            tone = "wrong" if read.lot_name else "ask"
            return {"ok": False, "tone": tone, "message": text, "notes": notes, "pending": pending}
        stops = self._lot_stops(lot)
        facts = {"product": product.display_name, "lot": lot.name or "–"}
        text = self._say("look_stopped" if stops else "look_free", **facts) if lot else product.display_name
        return {
            "ok": not stops and read.accepted,
            "tone": "wrong" if stops or read.problems else "right",
            "message": text,
            "notes": [*stops, *notes, *self._where(product, lot)],
            "pending": [],
        }

    def _lot_stops(self, lot):
        """Why this lot may go to nobody, in words."""
        if not lot.product_id.med_is_device:
            return []
        stops = []
        if lot.med_status != "released":
            status = dict(lot._fields["med_status"]._description_selection(self.env))[lot.med_status]
            stops.append(self._say("look_status", status=status))
        zone = self.env["med.gate"]._zone(self.env.company)
        today = datetime.now(zone).date()
        if lot.expiration_date and lot.expiration_date.replace(tzinfo=UTC).astimezone(zone).date() < today:
            stops.append(self._say("look_expired", date=format_date(self.env, lot.expiration_date)))
        return stops

    def _where(self, product, lot):
        """The shelves, with what is free on them."""
        domain = [("product_id", "=", product.id), ("location_id.usage", "=", "internal"), ("quantity", ">", 0)]
        if lot:
            domain.append(("lot_id", "=", lot.id))
        quants = self.env["stock.quant"].search(domain, limit=5, order="in_date, id")
        return [
            self._say(
                "look_place",
                place=self._place_name(quant.location_id),
                quantity=self._number(quant.quantity),
                free=self._number(quant.quantity - quant.reserved_quantity),
                unit=quant.product_uom_id.name,
            )
            for quant in quants
        ]
