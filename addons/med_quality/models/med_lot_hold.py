from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class MedLotHold(models.Model):
    """A part of a lot that is on hold while the rest is not: what lies in one package.

    A serial number is a lot of its own and is held as one. A hold begins and ends by signature.
    """

    _name = "med.lot.hold"
    _inherit = ["med.signable"]
    _description = "Hold of a package"
    _order = "id desc"
    _rec_name = "lot_id"

    lot_id = fields.Many2one(
        "stock.lot",
        "Lot",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("product_id.med_is_device", "=", True)],
    )
    package_id = fields.Many2one("stock.package", "Package", required=True, ondelete="restrict")
    product_id = fields.Many2one(related="lot_id.product_id", string="Product")
    company_id = fields.Many2one("res.company", "Company", compute="_compute_company_id", store=True)
    reason = fields.Text(required=True)
    held_at = fields.Datetime("Held since", readonly=True, copy=False)
    lifted_at = fields.Datetime("Lifted at", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Not signed"), ("held", "On hold"), ("lifted", "Lifted")],
        compute="_compute_state",
        string="Status",
    )

    _active_index = models.Index("(lot_id, package_id) WHERE held_at IS NOT NULL AND lifted_at IS NULL")

    # not "package_id.company_id": that hangs on the quants, and every movement of stock would ask for holds
    @api.depends("lot_id", "package_id")
    def _compute_company_id(self):
        for hold in self:
            hold.company_id = hold.package_id.company_id or hold.lot_id.company_id

    @api.depends("held_at", "lifted_at")
    def _compute_state(self):
        for hold in self:
            hold.state = "lifted" if hold.lifted_at else "held" if hold.held_at else "draft"

    @api.depends("lot_id", "package_id")
    def _compute_display_name(self):
        for hold in self:
            hold.display_name = f"{hold.lot_id.name} · {hold.package_id.name}"

    @api.model
    @tools.ormcache()
    def _held_packages(self):
        """{lot id: ids of its packages on hold}. Few at any time, asked at every movement."""
        # sudo: what is on hold does not depend on who moves it
        active = self.sudo().search([("held_at", "!=", False), ("lifted_at", "=", False)])
        held = {}
        for hold in active:
            inside = self.env["stock.package"].sudo().search([("id", "child_of", hold.package_id.id)])
            held.setdefault(hold.lot_id.id, set()).update(inside.ids)
        return {lot_id: frozenset(packages) for lot_id, packages in held.items()}

    # Signature -----------------------------------------------------------------------------

    def _signature_meanings(self):
        return {
            "hold": self.env._("I put this package on hold"),
            "lift": self.env._("I inspected this package and lift the hold"),
        }

    def _signature_snapshot(self, meaning):
        hold = self.sudo()  # the signed content is the same whoever reads it
        return {
            "product": [hold.product_id.id, hold.product_id.default_code or ""],
            "lot": [hold.lot_id.id, hold.lot_id.name],
            "package": [hold.package_id.id, hold.package_id.name],
            "reason": hold.reason,
        }

    def _signature_display(self, meaning):
        return {
            self.env._("Product"): self.product_id.display_name,
            self.env._("Lot"): self.lot_id.name,
            self.env._("Package"): self.package_id.name,
            self.env._("Reason"): self.reason,
        }

    def _signature_check(self, meaning):
        groups = ["med_master_data.group_med_quality"]
        if meaning == "hold":
            groups.append("med_master_data.group_med_supervisor")
        if not any(self.env.user.has_group(group) for group in groups):
            raise UserError(self.env._("Only quality changes the status of a lot. Ask a quality manager to sign."))
        self.check_access("read")
        wanted = "draft" if meaning == "hold" else "held"
        for hold in self:
            if hold.state != wanted:
                raise UserError(
                    self.env._(
                        "The hold of %(package)s is “%(state)s”; from there this signature leads nowhere.",
                        package=hold.package_id.name,
                        state=dict(self._fields["state"]._description_selection(self.env))[hold.state],
                    )
                )
            if not hold.product_id.med_is_device:
                raise UserError(
                    self.env._(
                        "%(product)s is not a regulated device; its lots have no status.",
                        product=hold.product_id.name,
                    )
                )

    def _signature_applied(self, meaning, signatures):
        reasons = {signature.res_id: signature.reason for signature in signatures}
        name = "held_at" if meaning == "hold" else "lifted_at"
        # sudo: the fields that make it count are written by the signature alone, see write()
        super(MedLotHold, self.sudo()).write({name: fields.Datetime.now()})
        self.env["med.evidence.event"]._record(
            "lot.package_status",
            [
                {
                    "record": hold.lot_id,
                    "body": {"package": [hold.package_id.id, hold.package_id.name], "new": hold.state},
                    "reason": reasons.get(hold.id) or hold.reason,
                }
                for hold in self
            ],
        )
        self.env.registry.clear_cache()
        if meaning == "hold":
            for hold in self:
                packages = self._held_packages().get(hold.lot_id.id, frozenset())
                hold.lot_id._med_leave_open_work(hold.reason, packages)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(held_at=False, lifted_at=False)
        return super().create(vals_list)

    def write(self, vals):
        if any(hold.held_at for hold in self) or vals.keys() & {"held_at", "lifted_at"}:
            raise UserError(self.env._("A signed hold stays as it is. Lift it by signature, or begin another one."))
        return super().write(vals)
