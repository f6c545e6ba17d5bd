"""Real files of other systems come in through the importers, and Odoo's figures are theirs.

OpenBoxes (EPL-1.0) and OpenLMIS (AGPL-3) data are read where they lie beside the checkout.
"""

import base64
import csv
import io
import json
import os
from collections import defaultdict
from pathlib import Path

from odoo.tests import TransactionCase, tagged

SHARED = Path(os.environ.get("MED_SHARED") or Path(__file__).resolve().parents[3] / "shared").resolve()
ERP = SHARED / "realdata" / "erp"


@tagged("post_install", "-at_install")
class TestRealFiles(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)

    def setUp(self):
        super().setUp()
        if not ERP.is_dir():
            self.skipTest(f"{ERP} is not there: MED_SHARED names the folder with shared data")

    def take(self, kind, content, source, check=False):
        if isinstance(content, str):
            content = content.encode()
        one = self.env["med.import"].create(
            {
                "kind": kind,
                "source_id": (
                    self.env.ref(f"med_master_data.med_import_source_{source}") if isinstance(source, str) else source
                ).id,
                "filename": f"{kind}.csv",
                "file": base64.b64encode(content),
            }
        )
        one._execute(apply=not check)
        return one

    def assertTaken(self, one, rows=None):
        self.assertEqual(one.error_ids[:5].mapped("message"), [])
        self.assertEqual(one.state, "done")
        if rows is not None:
            self.assertEqual(one.row_count, rows)

    def locations(self, names):
        self.env["stock.location"].create(
            [{"name": name, "usage": "internal", "location_id": self.warehouse.lot_stock_id.id} for name in names]
        )

    def on_hand(self, products=None):
        domain = [("location_id", "child_of", self.warehouse.lot_stock_id.id)]
        if products is not None:
            domain.append(("product_id", "in", products.ids))
        groups = self.env["stock.quant"]._read_group(domain, ["product_id", "lot_id", "location_id"], ["quantity:sum"])
        return {(product.default_code, lot.name or "", location.name): total for product, lot, location, total in groups}

    # OpenBoxes -------------------------------------------------------------------------------

    def test_openboxes_products_and_stock(self):
        folder = ERP / "openboxes"
        products = (folder / "configuration_products.csv").read_bytes()
        self.assertTaken(self.take("product", products, "openboxes"))
        again = self.take("product", products, "openboxes")
        self.assertEqual((again.created_count, again.updated_count), (0, 0))
        for name in ("configuration_mainWarehouseInventory.csv", "configuration_bostonWarehouseInventory.csv"):
            with self.subTest(name):
                # two warehouses keep the same lot on a shelf without name: each is a source of its own
                source = self.env.ref("med_master_data.med_import_source_openboxes").copy({"name": name})
                self._openboxes_stock((folder / name).read_bytes(), source)

    def _openboxes_stock(self, content, source):
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        lines = [line for line in lines if any(line.values())]
        codes = {line["Product code"] for line in lines}
        bins = {line["Bin location"] for line in lines if line["Bin location"]}
        known = self.env["stock.location"].search([("name", "in", list(bins))]).mapped("name")
        self.locations(sorted(bins - set(known)))
        products = self.env["product.product"].search([("default_code", "in", list(codes))])
        lots = {line["Product code"] for line in lines if line["Lot number"]}
        fresh = products.filtered(lambda one: one.default_code in lots and one.tracking == "none")
        fresh.product_tmpl_id.write({"tracking": "lot", "use_expiration_date": True})
        before = self.on_hand(products)
        one = self.take("stock", content, source)
        self.assertTaken(one, len(lines))
        expected = defaultdict(float, before)
        for line in lines:
            place = line["Bin location"] or self.warehouse.lot_stock_id.name
            expected[line["Product code"], line["Lot number"].strip(), place] += float(line["Physical QOH"] or 0)
        self.assertEqual(self.on_hand(products), {key: value for key, value in expected.items() if value})
        quantity = one.total_ids.filtered(lambda total: total.measure == "quantity")
        self.assertEqual(quantity.difference, 0)
        self.assertEqual(self.take("stock", content, source).unchanged_count, len(lines))

    def test_openboxes_products_known_by_name_only(self):
        content = (ERP / "openboxes/configuration_WHO_products.csv").read_bytes()
        one = self.take("product", content, "openboxes_names")
        named = [line["Name"] for line in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))]
        repeated = len(named) - len(set(named))
        self.assertEqual(one.error_ids[:3].mapped("message"), [])
        self.assertEqual(one.error_count, repeated, "only names that stand twice are refused")
        self.assertEqual(one.state, "refused" if repeated else "done")

    # OpenLMIS --------------------------------------------------------------------------------

    def test_openlmis_facilities(self):
        content = (ERP / "openlmis_referencedata/facilities.csv").read_bytes()
        one = self.take("partner", content, "openlmis")
        self.assertTaken(one)
        self.assertEqual(one.created_count, one.row_count)
        self.assertGreater(one.row_count, 2500)

    def test_openlmis_orderables(self):
        """Ten thousand products; the first five hundred are as good as all of them."""
        text = (ERP / "openlmis_referencedata/orderables.csv").read_text(encoding="utf-8-sig")
        head = "".join(text.splitlines(keepends=True)[:501])
        one = self.take("product", head, "openlmis")
        self.assertTaken(one, 500)
        self.assertEqual(one.created_count, 500)

    def test_openlmis_every_balance_of_the_ledger(self):
        """Counts, credits and debits become stock moves; every end-of-day balance that the
        ledger states follows from them."""
        ledger = json.loads((ERP / "openlmis_stockmanagement/LEDGER_ORACLE.json").read_text())
        cards = sorted({movement[0] for movement in ledger["movements"]})
        product = self.env["product.product"].create(
            {"name": "Ledger", "default_code": "LEDGER", "is_storable": True, "type": "consu"}
        )
        self.locations(cards)
        words = {"CREDIT": "in", "DEBIT": "out", "SET": "set"}
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(("key", "product", "location", "date", "action", "quantity"))
        ordered = sorted(enumerate(ledger["movements"]), key=lambda pair: (pair[1][0], pair[1][1], pair[1][2], pair[0]))
        for number, (card, occurred, _processed, action, quantity, *_reason) in ordered:
            writer.writerow((number, "LEDGER", card, occurred, words[action], quantity))
        one = self.take("movement", out.getvalue(), "openlmis")
        self.assertTaken(one, len(ledger["movements"]))
        self.env.cr.execute(
            """SELECT location.name, (line.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date,
                      sum(CASE WHEN line.location_dest_id = location.id THEN line.quantity ELSE -line.quantity END)
                 FROM stock_move_line line
                 JOIN stock_location location ON location.id IN (line.location_id, line.location_dest_id)
                WHERE line.product_id = %s AND line.state = 'done' AND location.usage = 'internal'
                GROUP BY 1, 2""",
            [str(self.env["med.import"]._zone()), product.id],
        )
        moved = defaultdict(dict)
        for card, day, quantity in self.env.cr.fetchall():
            moved[card][day.isoformat()] = quantity
        wrong = [
            (card, day, balance)
            for card, day, balance in ledger["expected_end_of_day"]
            if sum(quantity for moved_on, quantity in moved[card].items() if moved_on <= day) != balance
        ]
        self.assertEqual(wrong, [])
        self.assertGreater(len(ledger["expected_end_of_day"]), 1000)
