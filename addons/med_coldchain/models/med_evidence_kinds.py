from odoo import api, models


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    @api.model
    def _kind_labels(self):
        _ = self.env._
        return {
            **super()._kind_labels(),
            "excursion.acknowledged": _("Excursion acknowledged"),
            "excursion.changed": _("Excursion changed by late readings"),
            "excursion.closed_by_hand": _("Excursion of a replaced sensor ended"),
            "excursion.ended": _("Excursion ended"),
            "excursion.escalated": _("Alarm escalated"),
            "excursion.held": _("Lots held for an excursion"),
            "excursion.opened": _("Excursion began"),
            "excursion.withdrawn": _("Excursion withdrawn after late readings"),
            "logger.imported": _("Logger file imported"),
            "transport.accepted": _("Cold delivery accepted"),
            "transport.refused": _("Cold delivery refused"),
        }

    @api.model
    def _fact_labels(self):
        _ = self.env._
        return {
            **super()._fact_labels(),
            "lots": _("Lots"),
            "sensor": _("Sensor"),
            "start": _("Began"),
            "end": _("Ended"),
            "extreme_milli": _("Farthest outside (0.001 °C)"),
            "minutes": _("Minutes"),
            "unknown_minutes": _("Minutes without a reading"),
            "lowest_milli": _("Lowest (0.001 °C)"),
            "highest_milli": _("Highest (0.001 °C)"),
            "excursions": _("Excursions"),
            "serial": _("Serial number"),
            "sha256": _("SHA-256 of the file"),
            "readings": _("Readings"),
            "accepted": _("New readings"),
            "duplicates": _("Readings that were known"),
            "conflicts": _("Readings that differ from known ones"),
        }

    @api.model
    def _fact_fields(self):
        names = ("acknowledged", "changed", "closed_by_hand", "ended", "held", "opened", "withdrawn")
        ours = {(f"excursion.{name}", "kind"): ("med.temperature.excursion", "kind") for name in names}
        return {**super()._fact_fields(), **ours}
