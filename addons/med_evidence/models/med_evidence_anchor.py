import base64

from odoo import api, fields, models
from odoo.tools import SQL

from ..files import stamp

ANCHORS_AT_ONCE = 500


class MedEvidenceAnchor(models.Model):
    """The time stamp of an authority over a seal, written once and sealed like every other evidence.

    What is stamped is the hash that names the seal: SHA-256 of its statement and its signature.
    """

    _name = "med.evidence.anchor"
    _inherit = ["med.evidence.append.only"]
    _description = "Anchor of a seal"
    _order = "id desc"
    _rec_name = "stamped_at"
    _log_access = False

    stamped_at = fields.Datetime("Stamped at", required=True, readonly=True, help="The clock of the authority, UTC.")
    tree_size = fields.Integer("Entries in the tree", required=True, readonly=True)
    seal_hash = fields.Char("Hash of the seal (SHA-256)", required=True, readonly=True)
    authority = fields.Char("Authority", required=True, readonly=True)
    url = fields.Char("Address", required=True, readonly=True)
    token = fields.Text("Time stamp (RFC 3161, DER in hex)", required=True, readonly=True)
    file = fields.Binary("Time stamp as a file", compute="_compute_file")

    @api.depends("token")
    def _compute_file(self):
        for anchor in self:
            anchor.file = base64.b64encode(bytes.fromhex(anchor.token))

    @api.model
    def _cron_anchor(self):
        for authority in self.env["med.evidence.authority"].search([]):
            self._anchor(authority)

    @api.model
    def _anchor(self, authority):
        """Have the newest seal stamped by this authority, unless it has stamped all there is.

        :return: the new anchor; empty when there is nothing new or the authority fails
        """
        seal = self.env["med.evidence.seal"].search([], limit=1)
        if not seal or not self._is_news(seal, authority):
            return self.browse()
        statement, digest = seal._statements()[seal.id]
        message = f"{statement}\n{seal.signature or ''}".encode()
        try:
            token, stamped_at = stamp.ask(authority.url, message, stamp.certificates(authority.certificates))
        except stamp.StampError as error:
            authority._failed(error)
            return self.browse()
        authority.write({"last_at": stamped_at.replace(microsecond=0), "failed_at": False, "problem": False})
        return self._append_row(
            {
                "stamped_at": stamped_at.replace(microsecond=0),
                "tree_size": seal.tree_size,
                "seal_hash": digest,
                "authority": authority.name,
                "url": authority.url,
                "token": token.hex(),
            }
        )

    def _is_news(self, seal, authority):
        """Whether the seal covers more than earlier anchors: these alone would anchor for ever."""
        last = self.search([("url", "=", authority.url)], order="tree_size desc", limit=1)
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM med_evidence_leaf WHERE leaf_index >= %s AND leaf_index < %s"
                    " AND source <> 'anchor' LIMIT 1",
                    last.tree_size,
                    seal.tree_size,
                )
            )
        )

    @api.model
    def _trusted(self):
        """The certificates of every authority that was ever entered, also of those not in use."""
        authorities = self.env["med.evidence.authority"].with_context(active_test=False).search([])
        return list({c for text in authorities.mapped("certificates") for c in stamp.certificates(text)})

    def _is_good(self, trusted):
        """Whether the time stamp is one of a trusted authority, over this seal, at this moment."""
        self.ensure_one()
        try:
            at = stamp.check(bytes.fromhex(self.token), bytes.fromhex(self.seal_hash), trusted)
        except (stamp.StampError, ValueError):
            return False
        return at.replace(microsecond=0) == self.stamped_at

    def action_download(self):
        """The time stamp as a file that ``openssl ts`` reads."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/med.evidence.anchor/{self.id}/file/seal-{self.tree_size}.tsr?download=true",
            "target": "download",
        }


class MedEvidenceSealAnchors(models.Model):
    _inherit = "med.evidence.seal"

    @api.model
    def _verify_more(self, findings, notes):
        super()._verify_more(findings, notes)
        Anchor = self.env["med.evidence.anchor"]
        trusted, after = Anchor._trusted(), 0
        while anchors := Anchor.search([("id", ">", after)], order="id", limit=ANCHORS_AT_ONCE):
            seals = self.search([("tree_size", "in", anchors.mapped("tree_size"))])
            statements = seals._statements()
            hashes = {seal.tree_size: statements[seal.id][1] for seal in seals}
            for anchor in anchors:
                if hashes.get(anchor.tree_size) != anchor.seal_hash or not anchor._is_good(trusted):
                    findings.add("anchor_differs", leaf_index=anchor.tree_size - 1, row_id=anchor.id)
            after = anchors[-1].id
            anchors.invalidate_recordset()

    def _finding_sentence_more(self, finding):
        if finding["code"] == "anchor_differs":
            return self.env._(
                "the time stamp %(anchor)s does not fit the seal that ends with leaf %(leaf)s, or no certificate of a"
                " time-stamp authority entered here",
                anchor=finding.get("row_id"),
                leaf=finding.get("leaf_index"),
            )
        return super()._finding_sentence_more(finding)
