from datetime import timedelta

from odoo import api, fields, models

SILENT_AFTER = timedelta(minutes=10)


class MedScanDevice(models.Model):
    """A phone or handheld that has the app open: who holds it, and what it has not sent yet."""

    _name = "med.scan.device"
    _description = "Handheld"
    _order = "last_contact desc, id"

    name = fields.Char(required=True)
    uuid = fields.Char("Number", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", "In the hands of", readonly=True, index=True)
    picking_id = fields.Many2one(
        "stock.picking", "Works on", readonly=True, index="btree_not_null", ondelete="set null"
    )
    last_contact = fields.Datetime(readonly=True)
    queue = fields.Integer("Waiting scans", readonly=True, aggregator="sum", help="Not sent when it was last heard of.")
    refused = fields.Integer(
        "Refused scans", readonly=True, aggregator="sum", help="Shown on the handheld, not dealt with yet."
    )
    oldest = fields.Datetime("Oldest waiting scan", readonly=True)
    agent = fields.Char("Browser", readonly=True)
    state = fields.Selection(
        [("online", "Online"), ("waiting", "Scans waiting"), ("silent", "Not heard of")],
        compute="_compute_state",
    )

    _uuid_uniq = models.UniqueIndex("(uuid)", "A handheld is listed once.")

    @api.depends("last_contact", "queue")
    def _compute_state(self):
        since = fields.Datetime.now() - SILENT_AFTER
        for device in self:
            if not device.last_contact or device.last_contact < since:
                device.state = "silent"
            else:
                device.state = "waiting" if device.queue else "online"

    @api.model
    def _contact(self, uuid, vals):
        """What a device tells of itself; the first word makes it known."""
        vals = {
            **vals,
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
            "last_contact": fields.Datetime.now(),
        }
        # sudo: a picker reports his device and may not edit the list
        devices = self.sudo()
        device = devices.search([("uuid", "=", uuid)], limit=1)
        if device:
            device.write(vals)
        else:
            device = devices.create({"name": f"{self.env.user.name} {uuid[:4]}", "uuid": uuid, **vals})
        return device
