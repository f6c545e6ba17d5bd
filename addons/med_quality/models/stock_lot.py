from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from odoo.addons.med_evidence.lib import canonical

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
    "med_sterilisation_batch",
}


class StockLot(models.Model):
    _name = "stock.lot"
    _inherit = ["stock.lot", "med.signable"]

    # Read with the lot: every movement asks for them, which is a query of its own in plain Odoo.
    lot_properties = fields.Properties(prefetch=True)
    med_is_device = fields.Boolean(related="product_id.med_is_device")
    med_hold_ids = fields.One2many("med.lot.hold", "lot_id", "Packages on hold", readonly=True)
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
        if meaning != "release":
            self._med_leave_open_work(next(filter(None, reasons.values()), None))

    def _med_release_signature(self):
        """The signature that released this lot last; empty when nobody signed for it."""
        return self.signature_ids.filtered(lambda signature: signature.meaning == "release").sorted("id")[-1:]

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

    # Leaving open work ---------------------------------------------------------------------

    def _med_leave_open_work(self, reason, packages=None):
        """Take these lots (or what lies in some packages) out of everything that would bring
        them out of our keeping: reserved, picked, packed, at the dock or between two steps.

        In one transaction with the signature. Goods on the way to another place of ours stay
        on their transfer, since they have to arrive somewhere.

        :param packages: ids of packages; None for the whole lots
        :return: the transfers that lost goods
        """
        # sudo: a hold concerns every company and warehouse; who may sign it was checked
        lots = self.sudo()
        lots._med_touch_quants()
        domain = [("lot_id", "in", lots.ids), ("state", "not in", ("done", "cancel")), ("quantity", ">", 0)]
        if packages is not None:
            domain.append(("package_id", "in", list(packages)))
        lines = lots.env["stock.move.line"].search(domain).filtered("move_id.product_id.med_is_device")
        lines = lines.filtered(lambda line: line._med_leaves_in_the_end())
        if not lines:
            return lots.env["stock.picking"]
        entries, notes = [], []
        for picking, ours in lines.grouped("picking_id").items():
            entries.append(
                {
                    "record": picking or ours[0].move_id,
                    "reason": reason,
                    "body": {"lines": [line._med_withdrawn_fact() for line in ours]},
                }
            )
            if picking:
                notes.append((picking, self._med_withdrawn_note(ours, reason)))
        pickings = lines.picking_id
        lines.unlink()
        self.env["med.evidence.event"]._record("lot.withdrawn", entries)
        self._med_schedule(notes)
        return pickings

    def _med_touch_quants(self):
        """Make a reservation that runs at this moment fail and begin again: it read the lot as
        released, and without a common row the database would let both succeed."""
        self.env["stock.quant"].flush_model()
        self.env.cr.execute("UPDATE stock_quant SET write_date = write_date WHERE lot_id = ANY(%s)", [self.ids])

    def _med_withdrawn_note(self, lines, reason):
        self.env["product.product"].browse(lines.product_id.ids).fetch(["name"])
        parts = [
            self.env._(
                "Lot %(lot)s of %(product)s may not leave any more: %(quantity)s %(unit)s were taken off this transfer.",
                lot=lot.name,
                product=lot.product_id.name,
                quantity=canonical.quantity(sum(ours.mapped("quantity_product_uom"))),
                unit=lot.product_id.uom_id.name,
            )
            for lot, ours in lines.grouped("lot_id").items()
        ]
        handled = lines.filtered(lambda line: line.picked or line.result_package_id)
        if handled:
            parts.append(
                self.env._(
                    "Some of it is picked or packed already (%(packages)s): put it aside and reserve another lot.",
                    packages=", ".join(handled.result_package_id.mapped("name")) or self.env._("no package"),
                )
            )
        if reason:
            parts.append(self.env._("Reason: %(reason)s", reason=reason))
        return parts

    def _med_schedule(self, notes):
        """One activity per transfer, for who is responsible for it."""
        kind = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        model = self.env["ir.model"]._get_id("stock.picking")
        # no mail for each of fifty transfers; sudo: who signs need not be allowed to write them
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model,
                    "res_id": picking.id,
                    "activity_type_id": kind and kind.id,
                    "summary": self.env._("Lot withdrawn"),
                    "note": Markup("<br/>").join(parts),
                    "user_id": (picking.user_id or self.env.user).id,
                }
                for picking, parts in notes
            ]
        )

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
            if names & {"expiration_date", "med_production_date", "med_sterilisation_batch"}:
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
            released._med_leave_open_work(None)

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
