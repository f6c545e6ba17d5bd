import uuid

from odoo import api, models
from odoo.exceptions import ValidationError

MAXIMUM_TAGS = 500


class MedScanAppRfid(models.AbstractModel):
    """Many tags at once, from a reader or a gateway: ``POST /json/2/med.scan.app/rfid`` with an API key."""

    _inherit = "med.scan.app"

    @api.model
    def rfid(self, picking_id, epcs, key, device=None, at=None):
        """Every tag as a scan of its own: one wrong tag keeps none of the others from being taken.

        A reader sees a tag hundreds of times, and a gateway may send its list again: the same tag
        under the same ``key`` is taken once, in whatever order it comes.

        :param int picking_id: the transfer in hand
        :param list epcs: tags as hex or EPC URI, 500 at most
        :param str key: of this reading, made by the reader
        :return: JSON: ``taken`` (number), ``left`` (open lines), ``wrong`` [{epc, problem, message}]
        :raises ValidationError: no list of texts, or too many tags
        """
        if not isinstance(epcs, list) or not all(isinstance(epc, str) for epc in epcs) or len(epcs) > MAXIMUM_TAGS:
            raise ValidationError(
                self.env._("Send the tags as a list of texts, %(maximum)s at most.", maximum=MAXIMUM_TAGS)
            )
        taken, wrong, left = 0, [], None
        for epc in dict.fromkeys(epc.strip() for epc in epcs):
            own = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key}/{epc}"))
            answer = self.scan(picking_id, epc, own, device=device, at=at, entry="rfid")
            left = answer["left"]
            if answer["ok"]:
                taken += 1
            else:
                wrong.append({"epc": epc, "problem": answer["problem"], "message": answer["message"]})
        return {"taken": taken, "left": left, "wrong": wrong}
