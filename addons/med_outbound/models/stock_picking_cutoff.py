"""Deliveries that have to make the same pick-up of the carrier are picked together."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..lib.cutoff import next_cutoff


class DeliveryCarrier(models.Model):
    _inherit = "delivery.carrier"

    med_cutoff = fields.Float(
        "Pick-up at",
        help="The hour of the day at which the carrier fetches the goods, by the company's clock. 0: none is fixed.",
    )
    med_weekend_pickup = fields.Boolean("Also on weekends")

    @api.constrains("med_cutoff")
    def _check_med_cutoff(self):
        for carrier in self:
            if not 0 <= carrier.med_cutoff < 24:
                raise ValidationError(
                    self.env._("%(carrier)s: the pick-up is at an hour from 0:00 to 23:59.", carrier=carrier.name)
                )


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    batch_group_by_med_cutoff = fields.Boolean("Pick-up", help="Automatically group batches by the carrier's pick-up.")

    @api.model
    def _get_batch_group_by_keys(self):
        return [*super()._get_batch_group_by_keys(), "batch_group_by_med_cutoff"]


class StockPicking(models.Model):
    _inherit = "stock.picking"

    med_cutoff_at = fields.Datetime(
        "Pick-up",
        compute="_compute_med_cutoff_at",
        store=True,
        index="btree_not_null",
        prefetch="med",
        help="The first pick-up of the carrier at or after the scheduled date.",
    )

    @api.depends("carrier_id.med_cutoff", "carrier_id.med_weekend_pickup", "scheduled_date")
    def _compute_med_cutoff_at(self):
        for picking in self:
            carrier = picking.carrier_id
            picking.med_cutoff_at = (
                next_cutoff(
                    picking.scheduled_date,
                    carrier.med_cutoff,
                    self.env["med.gate"]._zone(picking.company_id),
                    carrier.med_weekend_pickup,
                )
                if carrier.med_cutoff and picking.scheduled_date
                else False
            )

    def _get_possible_pickings_domain(self):
        domain = super()._get_possible_pickings_domain()
        if self.picking_type_id.batch_group_by_med_cutoff:
            domain &= Domain("med_cutoff_at", "=", self.med_cutoff_at)
        return domain

    def _get_possible_batches_domain(self):
        domain = super()._get_possible_batches_domain()
        if self.picking_type_id.batch_group_by_med_cutoff:
            domain &= Domain("picking_ids.med_cutoff_at", "=", self.med_cutoff_at)
        return domain

    def _get_auto_batch_description(self):
        description = super()._get_auto_batch_description()
        if self.picking_type_id.batch_group_by_med_cutoff and self.med_cutoff_at:
            local = fields.Datetime.context_timestamp(self._med_local(), self.med_cutoff_at)
            description = ", ".join(filter(None, [description, f"{local:%Y-%m-%d %H:%M}"]))
        return description
