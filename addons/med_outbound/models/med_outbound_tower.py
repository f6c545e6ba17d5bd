"""The control tower: every open outbound by stage, how late it is, what blocks it and what comes next."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_compare

# What is open, in the order of the work. Shipped goods are open until they are signed for.
OPEN_STAGES = ("received", "prepared", "picking", "picked", "reviewed", "shipped")
# Links for a receipt are good for so long; after that the paper counts.
SIGNATURE_DAYS = 30
SHOWN = 60
# {stage: (method of the transfer, or "open" for its form)}
NEXT = {
    "received": "action_assign",
    "prepared": "open",
    "picking": "open",
    "picked": "action_med_review",
    "reviewed": "button_validate",
    "shipped": "action_med_receipt_link",
}
CHANGED = "med_tower/changed"


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Live ------------------------------------------------------------------------------------

    def _write_multi(self, vals_list):
        """Where a stage is written, every open tower of the company learns it with the commit."""
        super()._write_multi(vals_list)
        moved = self.browse(picking.id for picking, vals in zip(self, vals_list, strict=True) if "med_stage" in vals)
        if moved:
            told = self.env.cr.precommit.data.setdefault(CHANGED, set())
            # sudo: which company a change belongs to is read for whoever made it
            for company in moved.sudo().company_id.filtered(lambda company: company.id not in told):
                told.add(company.id)
                # every user is subscribed to his groups; the message says that something changed, not what
                self.env["bus.bus"]._sendone(
                    self.env.ref("stock.group_stock_user"), CHANGED, {"company_id": company.id}
                )

    # What it shows -----------------------------------------------------------------------------

    @api.model
    def _med_tower_domain(self, warehouse_id=None, partner_id=None, carrier_id=None, condition_id=None):
        since = fields.Datetime.now() - timedelta(days=SIGNATURE_DAYS)
        domain = (
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("med_stage", "in", OPEN_STAGES)
            & (Domain("med_stage", "!=", "shipped") | Domain("date_done", ">=", since))
        )
        if warehouse_id:
            domain &= Domain("picking_type_id.warehouse_id", "=", warehouse_id)
        if partner_id:
            domain &= Domain("partner_id", "child_of", partner_id)
        if carrier_id:
            domain &= Domain("carrier_id", "=", carrier_id)
        if condition_id:
            domain &= Domain("move_ids.product_id.product_tmpl_id.med_storage_condition_id", "=", condition_id)
        return domain

    @api.model
    def med_tower(self, stage=None, late=False, **filters):
        """What the control tower shows, of the companies the user ticked and the transfers he may read.

        :param str stage: only the rows of this stage; the counts are of all
        :param bool late: only rows past their promise
        :param filters: ``warehouse_id``, ``partner_id``, ``carrier_id``, ``condition_id``: ids
        :return: JSON: ``stages`` [{code, label, count, late}], ``rows`` (the longest promised first, at most
            60; see ``_med_tower_row``), ``more`` (rows not shown) and ``choices`` {filter: [[id, name]]};
            times in UTC
        """
        filters = {name: int(value) for name, value in filters.items() if value}
        domain = self._med_tower_domain(**filters)
        overdue = self._med_tower_late()
        counts = dict(self._read_group(domain, ["med_stage"], ["__count"]))
        late_counts = dict(self._read_group(domain & overdue, ["med_stage"], ["__count"]))
        labels = dict(self._selection_med_stage())
        asked = domain & Domain("med_stage", "=", stage) if stage in OPEN_STAGES else domain
        if late:
            asked &= overdue
        rows = self.search(asked, order="scheduled_date, id", limit=SHOWN)
        total = sum((late_counts if late else counts).get(code, 0) for code in ([stage] if stage else OPEN_STAGES))
        return {
            "stages": [
                {
                    "code": code,
                    "label": labels[code],
                    "count": counts.get(code, 0),
                    "late": late_counts.get(code, 0),
                }
                for code in OPEN_STAGES
            ],
            "rows": rows._med_tower_rows(),
            "more": max(0, total - len(rows)),
            "choices": self._med_tower_choices(),
        }

    @api.model
    def _med_tower_late(self):
        """Not shipped by the promised time; shipped goods are not late, whoever has to sign."""
        now = fields.Datetime.now()
        return Domain("med_stage", "!=", "shipped") & (
            Domain("date_deadline", "<", now) | Domain("date_deadline", "=", False) & Domain("scheduled_date", "<", now)
        )

    def _med_tower_rows(self):
        """The rows of these transfers, in their order: what each is about, what blocks it, what comes next."""
        blocked = self._med_tower_blocked()
        labels = dict(self._selection_med_stage())
        texts = self._med_tower_next_labels()
        now = fields.Datetime.now()
        rows = []
        for picking in self:
            left = picking.med_stage == "shipped" and picking.date_done
            promised = picking.date_deadline or picking.scheduled_date
            reasons = blocked.get(picking.id, [])
            step = NEXT[picking.med_stage]
            if reasons and picking.med_stage in ("picked", "reviewed"):
                step = "action_med_check"  # what would be refused is looked at, not tried
            rows.append(
                {
                    "id": picking.id,
                    "name": picking.name,
                    "customer": picking.partner_id.display_name or "",
                    "origin": picking.origin or "",
                    "warehouse": picking.picking_type_id.warehouse_id.code or "",
                    "carrier": picking.carrier_id.name or "",
                    "stage": picking.med_stage,
                    "stage_label": labels[picking.med_stage],
                    "promised_at": fields.Datetime.to_string(promised) if promised else None,
                    "hours_gone": (now - left).total_seconds() / 3600 if left else None,
                    "hours_left": (promised - now).total_seconds() / 3600 if promised else None,
                    "reasons": reasons,
                    "next": step,
                    "next_label": texts[step],
                }
            )
        return rows

    def _med_tower_blocked(self):
        """{transfer id: sentences of why it cannot go on}, read in sets: missing goods, and what the
        gate says of what is reserved. A missing review is no obstacle but the next step."""
        reasons = defaultdict(list)
        for picking in self.filtered(lambda picking: picking.med_stage in ("received", "prepared")):
            short = [
                move
                for move in picking.move_ids
                if move.state not in ("done", "cancel")
                and float_compare(move.quantity, move.product_uom_qty, precision_rounding=move.product_uom.rounding) < 0
            ]
            if short:
                reasons[picking.id].append(
                    self.env._(
                        "%(missing)s of %(wanted)s lines lack goods, %(product)s among them.",
                        missing=len(short),
                        wanted=len(picking.move_ids),
                        product=short[0].product_id.display_name,
                    )
                )
        gate = self.env["med.gate"]
        leaving = self.filtered(lambda picking: picking.state != "done").move_line_ids._med_devices()._med_leaving()
        for verdict in gate._judge(leaving, "ship") if leaving else ():
            if verdict.blocks and verdict.finding.rule != "review_missing":
                sentence = gate._sentence(verdict)
                if sentence not in reasons[verdict.line.picking_id]:
                    reasons[verdict.line.picking_id].append(sentence)
        return {picking_id: sentences for picking_id, sentences in reasons.items() if sentences}

    @api.model
    def _med_tower_next_labels(self):
        return {
            "action_assign": self.env._("Reserve"),
            "open": self.env._("Go there"),
            "action_med_review": self.env._("Review"),
            "button_validate": self.env._("Ship"),
            "action_med_receipt_link": self.env._("Receipt link"),
            "action_med_check": self.env._("See why"),
        }

    @api.model
    def _med_tower_choices(self):
        """What the filters offer: few things, and customers by typing."""

        def named(model, domain=()):
            return [[record.id, record.display_name] for record in self.env[model].search(list(domain), limit=SHOWN)]

        mine = [("company_id", "in", self.env.companies.ids)]
        return {
            "warehouse_id": named("stock.warehouse", mine),
            "carrier_id": named("delivery.carrier", [("company_id", "in", [False, *self.env.companies.ids])]),
            "condition_id": named("med.storage.condition"),
        }

    def action_med_tower_next(self):
        """Do what the tower names as next, by its own method and with its own rights and gates.

        :return: an action, or False where it is simply done
        """
        self.ensure_one()
        (row,) = self._med_tower_rows()
        if row["next"] == "open":
            return {
                "type": "ir.actions.act_window",
                "res_model": "stock.picking",
                "res_id": self.id,
                "views": [(False, "form")],
            }
        answer = getattr(self, row["next"])()
        return answer if isinstance(answer, dict) else False
