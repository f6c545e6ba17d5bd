from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from ..lib import lot_status

# Held by _signature_applied only: a client can send any context but never this object.
STATUS_TOKEN = object()

# What a lot is. A change after the goods have moved would rewrite what was shipped.
IDENTITY_FIELDS = {"name", "ref", "product_id", "company_id"}
QUALITY_FIELDS = {
    "expiration_date",
    "use_date",
    "removal_date",
    "alert_date",
    "med_production_date",
}


class StockLot(models.Model):
    _name = "stock.lot"
    _inherit = ["stock.lot", "med.signable"]

    med_is_device = fields.Boolean(related="product_id.med_is_device")
    med_status = fields.Selection(
        [
            ("quarantine", "Quarantine"),
            ("released", "Released"),
            ("on_hold", "On hold"),
            ("rejected", "Rejected"),
            ("recalled", "Recalled"),
        ],
        "Quality status",
        default="quarantine",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Changed by signature only. Regulated devices leave only when released.",
    )

    # Status ----------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "release": self.env._("I inspected this lot and release it"),
            "reject": self.env._("I reject this lot"),
            "hold": self.env._("I put this lot on hold"),
            "recall": self.env._("I declare this lot recalled"),
        }

    def _signature_snapshot(self, meaning):
        # sudo: the signed content is the same whoever reads it
        lot = self.sudo()
        return {
            # neither names nor anything else that reads differently in another language
            "product": [lot.product_id.id, lot.product_id.default_code or ""],
            "udi_di": lot.product_id.med_primary_di or "",
            "lot": lot.name,
            "expiry": fields.Datetime.to_string(lot.expiration_date) or "",
            "production": fields.Date.to_string(lot.med_production_date) or "",
        }

    def _signature_display(self, meaning):
        expiry = self.expiration_date and format_datetime(self.env, self.expiration_date)
        return {
            self.env._("Product"): self.product_id.display_name,
            self.env._("UDI-DI"): self.product_id.med_primary_di or "–",
            self.env._("Lot"): self.name,
            self.env._("Expiry date"): expiry or "–",
            self.env._("Production date"): format_date(self.env, self.med_production_date) or "–",
        }

    def _signature_check(self, meaning):
        allowed = ["med_master_data.group_med_quality"]
        if meaning == "hold":
            allowed.append("med_master_data.group_med_supervisor")
        if not any(self.env.user.has_group(group) for group in allowed):
            raise UserError(self.env._("Only quality changes the status of a lot. Ask a quality manager to sign."))
        self.check_access("read")
        statuses = dict(self._fields["med_status"]._description_selection(self.env))
        for lot in self:
            if not lot.product_id.med_is_device:
                raise UserError(
                    self.env._(
                        "%(product)s is not a regulated device; its lots have no status.",
                        product=lot.product_id.name,
                    )
                )
            if lot_status.target(lot.med_status, meaning) is None:
                raise UserError(
                    self.env._(
                        "Lot %(lot)s is “%(status)s”; from there this signature leads nowhere.",
                        lot=lot.name,
                        status=statuses[lot.med_status],
                    )
                )
            if meaning == "release" and lot.product_id.use_expiration_date:
                if not lot.expiration_date:
                    raise UserError(
                        self.env._(
                            "Lot %(lot)s has no expiry date. Enter it from the label, then release.",
                            lot=lot.name,
                        )
                    )
                if lot.expiration_date <= fields.Datetime.now():
                    raise UserError(
                        self.env._(
                            "Lot %(lot)s is expired and cannot be released. Reject it.",
                            lot=lot.name,
                        )
                    )

    def _signature_applied(self, meaning, signatures):
        reasons = {signature.res_id: signature.reason for signature in signatures}
        for status, lots in self.grouped("med_status").items():
            lots._med_set_status(lot_status.target(status, meaning), reasons)

    def _med_set_status(self, status, reasons=None):
        """Set the status and record it; called by a signature, or by the system towards safety."""
        reasons = reasons or {}
        self.env["med.evidence.event"]._record(
            "lot.status",
            [
                {
                    "record": lot,
                    "body": {"old": lot.med_status, "new": status},
                    "reason": reasons.get(lot.id),
                }
                for lot in self
            ],
        )
        # sudo: quality signs for lots; writing them otherwise is a stock user's right
        self.sudo().with_context(med_status_token=STATUS_TOKEN).write({"med_status": status})

    # Doors -----------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("med_status_token") is not STATUS_TOKEN:
            for vals in vals_list:
                if vals.get("med_status", "quarantine") != "quarantine":
                    raise UserError(self.env._("A new lot starts in quarantine. Quality releases it by signature."))
        return super().create(vals_list)

    def write(self, vals):
        if "med_status" in vals and self.env.context.get("med_status_token") is not STATUS_TOKEN:
            raise UserError(self.env._("The status of a lot changes by signature only. Open the lot and sign there."))
        devices = self.filtered("product_id.med_is_device")
        if devices and vals.keys() & (IDENTITY_FIELDS | QUALITY_FIELDS):
            devices._med_guard_identity(vals)
        if devices and vals.get("expiration_date"):
            self._med_shift_dates(vals)
        return super().write(vals)

    def _med_shift_dates(self, vals):
        """Odoo moves the removal date with the expiry date in its form only; a stale one
        would keep a lot reservable, or hide it."""
        expiry = fields.Datetime.to_datetime(vals["expiration_date"])
        for lot in self:
            shift = expiry - lot.expiration_date if lot.expiration_date else None
            for name in ("use_date", "removal_date", "alert_date"):
                if shift is not None and lot[name] and name not in vals:
                    super(StockLot, lot).write({name: lot[name] + shift})

    def unlink(self):
        for lot in self.filtered("product_id.med_is_device"):
            if lot._med_moved():
                self.env["med.gate"]._guard("lot_identity", lot, "deleted")
        return super().unlink()

    def _med_guard_identity(self, vals):
        """Identity never changes after the lot has moved; its dates only by quality, which
        sends the lot back to quarantine: what was released is no longer what it says."""
        changed = self.browse()
        for lot in self:
            names = {name for name in vals.keys() & (IDENTITY_FIELDS | QUALITY_FIELDS) if lot._med_differs(name, vals)}
            if not names:
                continue
            is_quality = self.env.user.has_group("med_master_data.group_med_quality")
            moved = lot._med_moved()
            if moved and (names & IDENTITY_FIELDS or not is_quality):
                self.env["med.gate"]._guard("lot_identity", lot, ",".join(sorted(names)))
            if names & {"expiration_date", "med_production_date"}:
                changed |= lot
                self.env["med.evidence.event"]._record(
                    "lot.dates",
                    [
                        {
                            "record": lot,
                            "body": {
                                name: [str(lot[name] or ""), str(vals[name] or "")] for name in names & QUALITY_FIELDS
                            },
                        }
                    ],
                )
        released = changed.filtered(lambda lot: lot.med_status == "released")
        if released:
            released._med_set_status("quarantine")

    def _med_differs(self, name, vals):
        field = self._fields[name]
        old = self[name].id if field.type == "many2one" else self[name]
        return old != field.convert_to_cache(vals[name], self) and (old or vals[name])

    def _med_moved(self):
        """Whether a finished movement names this lot."""
        # sudo: movements the user may not see count as well
        return bool(
            self.env["stock.move.line"].sudo().search_count([("lot_id", "=", self.id), ("state", "=", "done")], limit=1)
        )

    @api.onchange("expiration_date")
    def _onchange_med_expiration(self):
        if self.med_is_device and self._origin.med_status == "released":
            return {
                "warning": {
                    "title": self.env._("Released lot"),
                    "message": self.env._(
                        "A new expiry date sends the lot back to quarantine until it is signed again."
                    ),
                }
            }
        return {}
