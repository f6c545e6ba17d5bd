from odoo import models


class MedRecall(models.Model):
    _inherit = "med.recall"

    def action_open_trace_picture(self):
        """The trace as a tree and on a time line."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "med_recall.trace",
            "name": self.env._("Trace of %(recall)s", recall=self.name),
            "params": {"recall_id": self.id},
            "path": "recall-trace",
        }

    def trace_picture(self):
        """The trace of one recall, ready to be drawn.

        Sums only: a lot with ten thousand deliveries is as many branches as it has consignees, and
        each branch opens the movements behind it as a list.

        :return: JSON ``{"name", "kinds": {kind: label}, "lots": [{"id", "name", "product", "sums": {kind: quantity},
            "branches": [{"kind", "id", "name", "quantity", "count"}]}], "days": [[lot id, kind, "YYYY-MM-DD", quantity,
            number of movements]]}``; days in the user's time zone
        """
        self.ensure_one()
        self.check_access("read")
        lines = self.env["med.recall.trace.line"]
        mine = [("recall_id", "=", self.id)]
        lots = {}
        for lot, kind, partner, place, quantity, count in lines._read_group(
            mine, ["lot_id", "kind", "partner_id", "location_id"], ["quantity:sum", "__count"]
        ):
            node = lots.setdefault(lot, {"sums": {}, "branches": {}})
            node["sums"][kind] = node["sums"].get(kind, 0) + quantity
            end = place if kind == "here" else partner
            branch = node["branches"].setdefault((kind, end), [0, 0])
            branch[0] += quantity
            branch[1] += count
        kinds = lines._fields["kind"]._description_selection(self.env)
        order = {kind: position for position, (kind, _label) in enumerate(kinds)}
        nobody = self.env._("unknown")
        return {
            "name": self.display_name,
            "kinds": dict(kinds),
            "lots": [
                {
                    "id": lot.id,
                    "name": lot.name,
                    "product": lot.product_id.display_name,
                    "unit": lot.product_uom_id.name,
                    "sums": node["sums"],
                    "branches": [
                        {
                            "kind": kind,
                            "id": end.id,
                            "name": end.display_name or nobody,
                            "quantity": sums[0],
                            "count": sums[1],
                        }
                        for (kind, end), sums in sorted(
                            node["branches"].items(),
                            key=lambda item: (order[item[0][0]], -item[1][0], item[0][1].id or 0),
                        )
                    ],
                }
                for lot, node in lots.items()
            ],
            "days": [
                [lot.id, kind, day.strftime("%Y-%m-%d"), quantity, count]
                for lot, kind, day, quantity, count in lines._read_group(
                    [*mine, ("date", "!=", False)], ["lot_id", "kind", "date:day"], ["quantity:sum", "__count"]
                )
            ],
        }
