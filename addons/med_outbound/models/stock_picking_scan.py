from odoo import models
from odoo.exceptions import UserError

from odoo.addons.med_quality.exceptions import GateRefusedError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def med_scan(self, code):
        """Pick one reserved line by the label on the goods.

        The label decides, never the list: the lot that is scanned has to be the lot that is
        reserved, and it has to pass the gate at ``scan``.

        :param str code: what the scanner sent, or a list of it for a label with several symbols
        :return: dict with ``line_id``, ``product``, ``lot``, ``quantity`` and ``left`` (lines to pick)
        :raises GateRefusedError: unreadable, wrong product or lot, or a lot that may not leave
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("confirmed", "assigned"):
            raise UserError(self.env._("%(picking)s is not open for picking.", picking=self.name))
        lines = self.move_line_ids._med_devices()
        read = self.env["med.scan"]._resolve(code, expected_products=lines.product_id, expected_lots=lines.lot_id)
        if not read.accepted:
            sentences = [self.env["med.scan"]._message(problem) for problem in read.problems]
            self._med_refuse_scan(code, [problem.code for problem in read.problems], "\n".join(sentences))
        of_product = lines.filtered(lambda line: line.product_id == read.product)
        matching = of_product.filtered(lambda line: line.lot_id == read.lot and read.lot)
        if not matching:
            self._med_refuse_scan(
                code,
                ["wrong_lot"],
                self.env._(
                    "You scanned lot %(scanned)s of %(product)s; this delivery wants lot %(wanted)s."
                    " Put it back and take the right one.",
                    scanned=read.lot_name or "–",
                    product=read.product.display_name,
                    wanted=", ".join(of_product.lot_id.mapped("name")) or "–",
                ),
            )
        waiting = matching.filtered(lambda line: not line.picked)
        if not waiting:
            self._med_refuse_scan(
                code,
                ["picked_already"],
                self.env._("Lot %(lot)s is picked completely already. Do not add more.", lot=read.lot.name),
            )
        line = waiting[0]
        verdicts = self.env["med.gate"]._judge(line, "scan")
        blocking = [verdict for verdict in verdicts if verdict.policy.effect != "warn"]
        if blocking:
            self.env["med.gate"]._refuse(blocking, "scan")
        line.picked = True
        return {
            "line_id": line.id,
            "product": line.product_id.display_name,
            "lot": line.lot_id.name,
            "quantity": line.quantity,
            "left": len(lines.filtered(lambda other: not other.picked)),
        }

    def _med_refuse_scan(self, code, problems, sentence):
        """A wrong scan changes nothing, is told, and counts for the accuracy figure."""
        self.env["med.evidence.event"]._record_refused(
            "scan.refused", [{"record": self, "body": {"code": code, "problems": problems}}]
        )
        raise GateRefusedError(sentence, [{"rule": "scan", "problem": problem} for problem in problems])
