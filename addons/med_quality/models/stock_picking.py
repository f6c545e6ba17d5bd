from odoo import fields, models

HISTORY_FIELDS = {
    "name",
    "partner_id",
    "date_done",
    "location_id",
    "location_dest_id",
    "owner_id",
    "company_id",
    "signature",
}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    med_is_regulated = fields.Boolean(
        "Regulated devices",
        compute="_compute_med_is_regulated",
        help="At least one line moves a regulated device.",
    )

    def _compute_med_is_regulated(self):
        groups = self.env["stock.move"]._read_group(
            [("picking_id", "in", self.ids), ("product_id.med_is_device", "=", True)],
            ["picking_id"],
        )
        regulated = {picking.id for (picking,) in groups}
        for picking in self:
            picking.med_is_regulated = picking.id in regulated

    def write(self, vals):
        if vals.get("state") == "done":
            forced = self.filtered(
                lambda picking: any(
                    move.product_id.med_is_device and move.state not in ("done", "cancel") for move in picking.move_ids
                )
            )
            if forced:
                self.env["med.gate"]._guard("state_write", forced, "picking_done")
        # also beside the state: saying "done" again must not carry another consignee past
        if vals.keys() & HISTORY_FIELDS or vals.get("state"):
            rewritten = self.filtered(lambda picking: picking._med_rewrites(vals))
            if rewritten:
                names = ",".join(sorted(vals.keys() & (HISTORY_FIELDS | {"state"})))
                self.env["med.gate"]._guard("history_edit", rewritten, names)
        return super().write(vals)

    def _med_rewrites(self, vals):
        """Whether these values change what a finished transfer of devices says."""
        # not by the transfer's own state: one open move added to it would reopen its record
        if not self._med_is_shipped():
            return False
        if vals.get("state", "done") != "done":
            return True
        for name in vals.keys() & HISTORY_FIELDS:
            # Odoo dates a transfer once, while it finishes it
            if name == "date_done" and (not self.date_done or self._med_just_done()):
                continue
            # the consignee signs once, often after the goods were booked
            if name == "signature" and not self.signature:
                continue
            value = self._fields[name].convert_to_record(self._fields[name].convert_to_cache(vals[name], self), self)
            if self[name] != value:
                return True
        return False

    def _med_is_shipped(self):
        """Whether devices moved with this transfer; what was scrapped from it before does not count."""
        return any(
            move.state == "done" and not move.scrap_id and move.product_id.med_is_device for move in self.move_ids
        )

    def _med_just_done(self):
        lines = self.move_line_ids
        return bool(lines.filtered(lambda line: line.id in lines._med_passed()))

    def _pre_action_done_hook(self):
        # Both ends in one query; Odoo comes by one after the other. The gate costs as much.
        (self.location_id | self.location_dest_id).mapped("usage")
        return super()._pre_action_done_hook()

    def _check_expired_lots(self):
        """Odoo asks whether to ship expired goods; for devices there is nothing to ask, the
        gate says what is wrong."""
        plain = self.filtered(lambda picking: not all(line.product_id.med_is_device for line in picking.move_line_ids))
        if not plain:
            return plain
        now = fields.Datetime.now()
        return (
            super(StockPicking, plain)
            ._check_expired_lots()
            .filtered(
                lambda picking: any(
                    line.lot_id.product_expiry_alert or (line.removal_date and line.removal_date <= now)
                    for line in picking.move_line_ids
                    if not line.product_id.med_is_device
                )
            )
        )

    def action_med_check(self):
        """Tell now what the gate would say at shipping; nothing is moved."""
        self.ensure_one()
        gate = self.env["med.gate"]
        leaving = self.move_line_ids._med_devices()._med_leaving()
        verdicts = gate._judge(leaving, "ship")
        if not leaving:
            message, kind = self.env._("No reserved device leaves with this transfer yet."), "info"
        elif verdicts:
            message = "\n".join(f"• {gate._sentence(v)}" for v in verdicts)
            kind = "danger" if any(v.blocks for v in verdicts) else "warning"
        else:
            message, kind = self.env._("Every line may leave."), "success"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Gate"),
                "message": message,
                "type": kind,
                "sticky": kind == "danger",
            },
        }
