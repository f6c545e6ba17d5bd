from datetime import timedelta

from odoo import Command, fields

from .common import QualityCase


class InspectionCase(QualityCase):
    """A plan with one look and one measure, and goods that come in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["med.inspection.plan"].search([]).active = False
        cls.cm = cls.env.ref("uom.product_uom_cm")
        cls.metre = cls.env.ref("uom.product_uom_meter")
        cls.supplier = cls._partner("Knee Maker")
        cls.instrument = cls._instrument("CAL-1", 30)
        cls.plan = cls._plan()

    @classmethod
    def _instrument(cls, serial, days):
        today = fields.Date.today()
        return cls.env["med.instrument"].create(
            {
                "name": "Calliper",
                "serial": serial,
                "calibrated_on": today - timedelta(days=300),
                "valid_to": today + timedelta(days=days),
            }
        )

    @classmethod
    def _plan(cls, **values):
        return cls.env["med.inspection.plan"].create(
            {
                "name": "Acceptance",
                "aql": "1.0",
                "check_ids": [
                    Command.create({"name": "Package whole and clean", "sequence": 1}),
                    Command.create(
                        {
                            "name": "Length",
                            "sequence": 2,
                            "kind": "measure",
                            "uom_id": cls.cm.id,
                            "has_low": True,
                            "low": 10,
                            "has_high": True,
                            "high": 12,
                            "needs_instrument": True,
                            "is_critical": True,
                        }
                    ),
                ],
                **values,
            }
        )

    def inspect(self, lot, quantity=1000, trigger="receipt", **row):
        row = {"lot": lot, "quantity": quantity, "partner": self.supplier, **row}
        return self.env["med.inspection"]._open(trigger, [row], self.env.company).with_user(self.quality)

    def answer(self, inspection, good=True):
        look, length = inspection.check_ids
        look.write({"result": "pass" if good else "fail", "defects": 0 if good else inspection.reject_number})
        length.write({"value": 11, "instrument_id": self.instrument.id})
        if not good:
            inspection.measures = "Torn, set aside"

    def finish(self, inspection, good=True):
        self.answer(inspection, good)
        return inspection._sign("pass" if good else "fail", self.credential)
