from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.med_master_data.lib.grammar import grammar

MAXIMUM_LIST = 200


class MedScanAppData(models.AbstractModel):
    """What the phone takes along: the sentences, the list of work, and all of one transfer."""

    _inherit = "med.scan.app"

    @api.model
    def start(self, device=None, status=None):
        """Who is there, the catalogue of sentences, and what there is to do.

        :param str device: the number the device gave itself
        :param dict status: ``queue``, ``refused`` (numbers), ``oldest`` (UTC time), ``picking`` (id)
        :return: JSON: ``user``, ``lang``, ``company``, ``sentences`` {code: text with %(name)s},
            ``deliveries`` (see ``_delivery_json``), ``now`` (UTC), ``today`` (the user's day), ``flows``,
            ``grammar`` (the tables of the phone's reader)
        """
        self.contact(device, status)
        return {
            "user": self.env.user.name,
            "uid": self.env.uid,
            "lang": self.env.user.lang,
            "company": self.env.company.name,
            "sentences": self.env["med.message"]._sentences(),
            "grammar": grammar(),
            "flows": self._flows(),
            "today": str(fields.Date.context_today(self)),
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "deliveries": self.deliveries(),
        }

    @api.model
    def contact(self, device=None, status=None):
        """The device is there, and has so much waiting. Answers with the server's time."""
        uuid = str(device or "")[:64]
        if uuid:
            status = status if isinstance(status, dict) else {}
            picking = self.env["stock.picking"].browse(self._clean_id(status.get("picking")) or []).exists()
            self.env["med.scan.device"]._contact(
                uuid,
                {
                    "queue": self._count(status.get("queue")),
                    "refused": self._count(status.get("refused")),
                    "oldest": self._client_time(status.get("oldest")),
                    "agent": str(status.get("agent") or "")[:200],
                    "picking_id": picking.id if picking.has_access("read") else False,
                },
            )
        return fields.Datetime.to_string(fields.Datetime.now())

    def _count(self, value):
        return value if isinstance(value, int) and 0 <= value < 10**6 else 0

    @api.model
    def deliveries(self):
        """The transfers that are ready to be picked, the most urgent first."""
        domain = Domain("state", "=", "assigned") & Domain("picking_type_id.code", "in", ["outgoing", "internal"])
        domain &= Domain("company_id", "in", self.env.companies.ids)
        pickings = self.env["stock.picking"].search(
            domain, order="priority desc, scheduled_date, id", limit=MAXIMUM_LIST
        )
        flows = {picking: self._flow_of(picking) for picking in pickings}
        return [self._delivery_json(picking, flow) for picking, flow in flows.items() if flow]

    def _flow_of(self, picking):
        """What this user may do with the transfer next, or None."""
        return "pick" if self._left(picking, "pick") else None

    def _delivery_json(self, picking, flow):
        lines = self._flow_lines(picking, flow)
        return {
            "flow": flow,
            "id": picking.id,
            "name": picking.name,
            "partner": picking.partner_id.display_name or "",
            "scheduled": fields.Datetime.to_string(picking.scheduled_date) or "",
            "urgent": picking.priority == "1",
            "lines": len(lines),
            "open": len(lines.filtered(lambda line: line._med_left())),
        }

    @api.model
    def load(self, picking_id, flow="pick"):
        """All of one transfer that a scan is judged by, so that it can be judged without network.

        :return: JSON: the transfer (see ``_delivery_json``), ``lines`` in the order of the way,
            ``products`` with the identifiers under which they may be scanned, ``verdicts`` {line id:
            sentences} of what the gate refuses at the scan as of now, or ``problem`` with ``message``
        """
        picking = self._mine(picking_id)
        if not picking:
            return {"problem": "delivery_gone", "message": self._say("delivery_gone")}
        flow = flow if flow in self._flows() else "pick"
        problem = self._flow_problem(picking, flow)
        if problem:
            return {"problem": problem[0], "message": self._say(problem[0], **problem[1])}
        lines = self._in_order(self._flow_lines(picking, flow))
        return {
            **self._delivery_json(picking, flow),
            "lines": [self._line_json(line) for line in lines],
            "products": {product.id: self._product_json(product) for product in lines.product_id},
            "verdicts": self._verdicts(lines, flow),
            "loaded": fields.Datetime.to_string(fields.Datetime.now()),
        }

    def _in_order(self, lines):
        """The way through the warehouse. Who numbers the stops of a walk, is followed."""
        if "location_id" not in lines._fields:
            return lines
        stop = "med_stop" if "med_stop" in lines._fields else None

        def key(line):
            return (
                (line[stop] or 10**6) if stop else 0,
                line.location_id.complete_name or "",
                line.product_id.default_code or line.product_id.name or "",
                line.id,
            )

        return lines.sorted(key)

    def _line_json(self, line):
        matched = line._scan_match()
        expiry = line.lot_id.expiration_date
        return {
            "id": line.id,
            "product": matched.product,
            "lot": matched.lot,
            "expiry": str(fields.Datetime.context_timestamp(line, expiry).date()) if expiry else None,
            # the label's day may be meant in either time zone, see med.scan
            "expiry_utc": str(expiry.date()) if expiry else None,
            "quantity": matched.quantity,
            "taken": matched.taken,
            "picked": not line._med_left(),
            "location": matched.location,
            "package": matched.package,
            **self._place_json(line),
        }

    def _place_json(self, line):
        if "location_id" not in line._fields:
            return {"place": None, "place_code": None, "package_name": None}
        return {
            "place": self._place(line),
            "place_code": line.location_id.barcode or None,
            "package_name": line.package_id.name or None,
        }

    def _product_json(self, product):
        identifiers = product.product_tmpl_id.med_identifier_ids.filtered(
            lambda one: (
                one.product_id == product
                or (not one.product_id and len(product.product_tmpl_id.product_variant_ids) == 1)
            )
        )
        return {
            "id": product.id,
            "name": product.display_name,
            "tracking": product.tracking,
            "device": product.med_is_device,
            "unit": product.uom_id.name,
            "barcode": product.barcode or None,
            "identifiers": [
                {
                    "di": one.di,
                    "agency": one.agency,
                    "level": one.level,
                    "quantity": one.quantity,
                    "from": str(one.valid_from) if one.valid_from else None,
                    "to": str(one.valid_to) if one.valid_to else None,
                }
                for one in identifiers
            ],
        }

    def _verdicts(self, lines, flow):
        """What the gate would say of each line now, in words."""
        gate = self.env["med.gate"]
        told = {}
        checkpoint = self._checkpoint({"state": {"flow": flow}})
        for verdict in gate._judge(lines._scan_judged(), checkpoint):
            if verdict.policy.effect != "warn":
                told.setdefault(verdict.line.key, []).append(gate._sentence(verdict))
        # by the records of the flow: a reviewer's line stands for the move line he looks at
        moves = {line.id: line.move_line_id.id if "move_line_id" in line._fields else line.id for line in lines}
        return {line_id: told[move_id] for line_id, move_id in moves.items() if move_id in told}
