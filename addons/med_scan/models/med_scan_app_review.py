from odoo import api, models

from odoo.addons.med_outbound.models.med_outbound_review import REVIEWERS


class MedScanAppReview(models.AbstractModel):
    """The outbound review as a counter-scan: a second person scans what the first one picked."""

    _inherit = "med.scan.app"

    @api.model
    def _flows(self):
        return [*super()._flows(), "review"]

    @api.model
    def _step_review(self, picking, step):
        return self._count_goods(picking, step)

    def _review(self, picking):
        """The review under way; begun when there is none."""
        review = picking.med_review_ids.filtered(lambda review: review.state != "void")[:1]
        return review or self.env["med.outbound.review"].create({"picking_id": picking.id})

    @api.model
    def _flow_lines(self, picking, flow):
        if flow != "review":
            return super()._flow_lines(picking, flow)
        if not picking or self._flow_problem(picking, flow):
            return self.env["med.outbound.review.line"]
        return self._review(picking).line_ids

    @api.model
    def _flow_problem(self, picking, flow):
        if flow != "review":
            return super()._flow_problem(picking, flow)
        devices = picking.move_line_ids._med_devices()
        facts = {"delivery": picking.name}
        if not self._is_reviewer():
            return "review_not_yours", {}
        if picking.state not in ("confirmed", "assigned") or not devices:
            return "delivery_closed", facts
        if not all(devices.mapped("picked")):
            return "review_too_early", facts
        if self.env.user in devices.med_picked_by_id:
            return "review_own", facts
        if picking.med_reviewed_at:
            return "review_done", facts
        return None

    def _is_reviewer(self):
        return any(self.env.user.has_group(group) for group in REVIEWERS)

    def _flow_of(self, picking):
        flow = super()._flow_of(picking)
        if flow or picking.picking_type_id.code != "outgoing" or not self._is_reviewer():
            return flow
        return None if self._flow_problem(picking, "review") else "review"

    @api.model
    def _checkpoint(self, step):
        return "review" if step["state"]["flow"] == "review" else super()._checkpoint(step)

    @api.model
    def _in_flow(self, step, code):
        counted = {"taken": "counted", "taken_already": "counted_already", "serial_twice": "counted_already"}
        if step["state"]["flow"] == "review" and code in counted:
            return counted[code]
        return super()._in_flow(step, code)

    @api.model
    def load(self, picking_id, flow="pick"):
        data = super().load(picking_id, flow)
        if data.get("flow") == "review":
            data["review"] = self._review(self._mine(picking_id)).id
        return data
