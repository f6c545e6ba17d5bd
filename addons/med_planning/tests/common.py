"""Test kit: goods with years of demand behind them."""

from datetime import datetime

from odoo.addons.med_quality.tests.common import QualityCase

from ..lib import periods
from ..models.med_planning_demo import load


class PlanningCase(QualityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner = cls._user("planner", "med_master_data.group_med_purchasing")
        cls.company = cls.env.company
        # enough on the shelf at all times; what is out of stock is a test of its own
        cls.make_lot("SHELF", quantity=5000)
        cls.month = periods.start_of(cls.today(), "month")

    @classmethod
    def months(cls, count):
        """The first days of the last whole months, oldest first."""
        return [periods.add(cls.month, index - count, "month") for index in range(count)]

    @classmethod
    def row(cls, product, day, quantity, back=False, partner=None, lot=None, warehouse=None):
        """One movement for ``load``: to a customer, or back from him."""
        stock = (warehouse or cls.warehouse).lot_stock_id.id
        ends = (cls.customers.id, stock) if back else (stock, cls.customers.id)
        at = datetime.combine(day.replace(day=15), datetime.min.time()).replace(hour=4)
        return (product, lot and lot.id, *ends, (partner or cls.hospital).id, quantity, at)

    @classmethod
    def sell(cls, product, quantities, **values):
        """These quantities left in the last months, the last of them last month."""
        rows = [
            cls.row(product, day, quantity, **values)
            for day, quantity in zip(cls.months(len(quantities)), quantities, strict=True)
            if quantity
        ]
        load(cls.env, rows)

    @classmethod
    def forecast_all(cls):
        """One whole run, as the job does it."""
        run = cls.env["med.forecast.run"].create({"company_id": cls.company.id})
        while run.state in ("queued", "running"):
            run._work()
        return run

    @classmethod
    def forecast_of(cls, product, warehouse=None, class_id=False):
        return cls.env["med.forecast"].search(
            [
                ("product_id", "=", product.id),
                ("warehouse_id", "=", (warehouse or cls.warehouse).id),
                ("class_id", "=", class_id),
            ]
        )
