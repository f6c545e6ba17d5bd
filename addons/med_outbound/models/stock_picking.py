from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.med_evidence.lib import canonical

from ..lib.review import ReviewFacts
from ..lib.stage import STAGES, StageFacts, stage


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "med.timeline"]

    med_stage = fields.Selection(
        selection="_selection_med_stage",
        string="Stage",
        compute="_compute_med_stage",
        store=True,
        index="btree_not_null",
        help="Derived from what happened; nobody sets it.",
    )
    med_reviewed_at = fields.Datetime("Reviewed at", readonly=True, copy=False)
    med_signed_for_at = fields.Datetime("Signed for at", readonly=True, copy=False)
    med_review_ids = fields.One2many("med.outbound.review", "picking_id", "Reviews")
    med_receipt_ids = fields.One2many("med.outbound.receipt", "picking_id", "Receipts")
    med_picked_by_ids = fields.Many2many("res.users", string="Picked by", compute="_compute_med_picked_by_ids")

    # Stage -------------------------------------------------------------------------------

    @api.model
    def _selection_med_stage(self):
        labels = {
            "received": self.env._("Received"),
            "prepared": self.env._("Prepared"),
            "picking": self.env._("Picking"),
            "picked": self.env._("Picked"),
            "reviewed": self.env._("Reviewed"),
            "shipped": self.env._("Shipped"),
            "signed_for": self.env._("Signed for"),
            "closed": self.env._("Closed"),
            "cancelled": self.env._("Cancelled"),
        }
        return [(code, labels[code]) for code in STAGES]

    @api.depends(
        "state",
        "picking_type_id.code",
        "move_ids.picked",
        "move_ids.state",
        "med_reviewed_at",
        "med_signed_for_at",
        # by the lines and not by sale_id: to compute that early would reorder what Odoo shows
        "move_ids.sale_line_id.order_id.invoice_status",
    )
    def _compute_med_stage(self):
        for picking in self:
            if picking.picking_type_id.code not in ("outgoing", "dropship"):
                picking.med_stage = False
                continue
            moves = picking.move_ids.filtered(lambda move: move.state not in ("draft", "cancel"))
            picking.med_stage = stage(
                StageFacts(
                    transfer_state=picking.state or "draft",
                    picked_moves=len(moves.filtered("picked")),
                    open_moves=len(moves),
                    is_reviewed=bool(picking.med_reviewed_at),
                    is_signed_for=bool(picking.med_signed_for_at),
                    is_settled=bool(picking.med_signed_for_at) and picking._med_is_settled(),
                )
            )

    def _med_is_settled(self):
        """Nothing of its orders is left to invoice."""
        orders = self.move_ids.sale_line_id.order_id
        return all(order.invoice_status in (False, "no", "invoiced") for order in orders)

    @api.depends("move_line_ids.med_picked_by_id")
    def _compute_med_picked_by_ids(self):
        for picking in self:
            picking.med_picked_by_ids = picking.move_line_ids.med_picked_by_id

    def write(self, vals):
        if vals.keys() & {"med_reviewed_at", "med_signed_for_at", "med_stage"}:
            raise UserError(self.env._("The stage follows from what happened; it is not set by hand."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in ("med_reviewed_at", "med_signed_for_at", "med_stage"):
                vals.pop(name, None)
        return super().create(vals_list)

    def _med_set_reviewed(self, when):
        super().write({"med_reviewed_at": when})

    def _med_set_signed_for(self, when):
        super().write({"med_signed_for_at": when})

    def _med_record_picked(self, lines):
        """The event that a transfer of devices is picked, once all its lines are."""
        entries = []
        for picking in self:
            devices = picking.move_line_ids._med_devices()
            if picking.state != "done" and devices and all(devices.mapped("picked")):
                entries.append({"record": picking, "body": {"lines": len(devices)}})
        self.env["med.evidence.event"]._record("outbound.picked", entries)

    # Review ------------------------------------------------------------------------------

    def _med_review_snapshot(self):
        """What a reviewer signs. Nothing in it depends on the reader's language."""
        return {
            "delivery": [self.id, self.name],
            "consignee": [self.partner_id.id, self.partner_id.name or ""],
            "lines": self._med_review_content(),
        }

    def _med_review_content(self):
        """What a review looks at, lot by lot, in the spelling that is signed."""
        rows = {}
        for line in self.move_line_ids._med_devices():
            lot, product = line.lot_id, line.product_id
            key = (
                product.id,
                product.product_tmpl_id.med_primary_di or product.default_code or "",
                lot.name or line.lot_name or "",
                fields.Datetime.to_string(lot.expiration_date) or "",
                line.location_dest_id.id,
            )
            rows[key] = rows.get(key, 0) + line.quantity_product_uom
        return [
            {
                "product": product,
                "di": di,
                "lot": lot,
                "expiry": expiry,
                "to": to,
                "quantity": canonical.quantity(quantity),
            }
            for (product, di, lot, expiry, to), quantity in sorted(rows.items())
        ]

    def init(self):
        super().init()
        # a function, so that its plan is kept: see ``med.gate._fact_queries``
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION med_gate_reviews(pickings integer[])
            RETURNS TABLE (key integer, facts json) AS $$
            BEGIN RETURN QUERY
                SELECT DISTINCT ON (r.picking_id)
                       r.picking_id, json_build_array(s.snapshot_hash, s.user_id, s.user_name)
                  FROM med_outbound_review r
                  LEFT JOIN med_evidence_signature s ON s.res_model = 'med.outbound.review' AND s.res_id = r.id
                 WHERE r.picking_id = ANY(pickings) ORDER BY r.picking_id, r.id DESC, s.id DESC;
            END $$ LANGUAGE plpgsql STABLE
            """
        )

    def _med_review_query(self):
        """SELECT of picking id and signature of the youngest review of each, as JSON."""
        self.env["med.outbound.review"].flush_model(["picking_id"])
        return SQL("SELECT * FROM med_gate_reviews(%s)", list(self.ids))

    def _med_review_facts(self, signatures=None):
        """{picking id: ReviewFacts}, of the youngest review of each.

        :param dict signatures: what ``_med_review_query`` answered, where somebody asked already
        """
        if signatures is None:
            signatures = dict(self.env.execute_query(self._med_review_query()))
        return {
            picking_id: self.browse(picking_id)._med_review_fact(*signature)
            for picking_id, signature in signatures.items()
        }

    def _med_review_fact(self, snapshot_hash, user_id, user_name):
        if snapshot_hash is None:
            return ReviewFacts("open")
        now = canonical.digest(canonical.dumps(self.sudo()._med_review_snapshot()))  # sudo: as when it was signed
        return ReviewFacts(
            state="signed" if now == snapshot_hash else "void",
            reviewer_id=user_id,
            reviewer_name=user_name,
            picker_ids=frozenset(self.move_line_ids._med_devices().med_picked_by_id.ids),
        )

    def _med_check_review(self):
        """After a change of a reviewed delivery: is the review still about these goods?"""
        # sudo: the picker who swaps a lot may not write reviews, and reopens one all the same
        for picking in self.sudo().exists():
            if picking.state == "done":
                continue
            picking.med_review_ids.invalidate_recordset(["state"])
            fact = picking._med_review_facts().get(picking.id)
            if fact is None or fact.state != "signed":
                picking._med_set_reviewed(False)

    def action_med_review(self):
        """Open the review that is under way, or begin one."""
        self.ensure_one()
        review = self.med_review_ids.filtered(lambda review: review.state != "void")[:1]
        if not review:
            if not self.move_line_ids._med_devices():
                raise UserError(self.env._("Nothing is reserved or picked here yet, so there is nothing to review."))
            review = self.env["med.outbound.review"].create({"picking_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.outbound.review",
            "res_id": review.id,
            "views": [(False, "form")],
            "name": self.env._("Outbound review"),
        }

    # Receipt -----------------------------------------------------------------------------

    def action_med_receipt_link(self):
        """Make the link on which the consignee signs for this delivery."""
        self.ensure_one()
        url = self.env["med.outbound.receipt"]._issue(self)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Link for the consignee, valid for 30 days and one signature"),
                "message": url,
                "type": "info",
                "sticky": True,
            },
        }

    # Timeline ----------------------------------------------------------------------------

    def _med_timeline_records(self):
        return [self, self.med_review_ids, self.med_receipt_ids, self.sale_id]
