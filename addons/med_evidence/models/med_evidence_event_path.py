from odoo import models
from odoo.tools import SQL

from ..lib import merkle


class MedEvidenceEvent(models.Model):
    _inherit = "med.evidence.event"

    def _sealed_path(self):
        """Where this event stands in the log, from its leaf to the root of the first seal that covers it.

        :return: dict with ``leaf`` (SHA-256, hex), ``index``, ``size``, ``path`` (hex, from the leaf upwards)
            and ``root`` (hex); None while the event is not sealed. Costs the entries of one seal.
        """
        self.ensure_one()
        row = self.env.execute_query(
            SQL("SELECT leaf_index FROM med_evidence_leaf WHERE row_id = %s AND source = 'event'", self.id)
        )
        if not row:
            return None
        index = row[0][0]
        # sudo: seals hold nothing but hashes; whoever may read the event may show where it is sealed
        seals = self.env["med.evidence.seal"].sudo()
        seal = seals.search([("tree_size", ">", index)], order="tree_size", limit=1)
        if not seal:
            return None
        before = seals.search([("tree_size", "<=", index)], limit=1)._frontier()
        batch = self.env.execute_query(
            SQL(
                "SELECT leaf_hash FROM med_evidence_leaf WHERE leaf_index >= %s AND leaf_index < %s ORDER BY leaf_index",
                before.size,
                seal.tree_size,
            )
        )
        leaves = [bytes(leaf) for (leaf,) in batch]
        return {
            "leaf": leaves[index - before.size].hex(),
            "index": index,
            "size": seal.tree_size,
            "path": [node.hex() for node in merkle.recent_path(index, before, leaves)],
            "root": seal.root_hash,
        }
