"""The proof on the box: what it holds, who reviewed it, where that is sealed; signed, in a QR code."""

import base64
import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.med_evidence.files import keys
from odoo.addons.med_evidence.lib import canonical

from ..lib import proof


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _med_proof_link(self, package=None, answer=None):
        """The address in the QR code of a shipped delivery, or of one package of it.

        What is proven stands behind the ``#``: no server sees it unless the reader asks one.

        :param answer: the token of the link on which the consignee signs, for the same code
        :raises UserError: not shipped, no signing key, or too much for one code
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "done":
            raise UserError(self.env._("%(picking)s has not left yet; there is nothing to prove.", picking=self.name))
        private, error = self.env["med.evidence.key"]._private()
        if private is None:
            raise UserError(
                self.env._(
                    "The proof cannot be signed: %(problem)s. Ask the administrator.",
                    problem=self.env["med.evidence.key"]._problem_sentence(error)
                    if error
                    else self.env._("there is no signing key yet"),
                )
            )
        head = self._med_proof_head(package, answer, keys.fingerprint(keys.raw_public(private)))
        lines = self._med_proof_lines(package)

        def make(some):
            body = canonical.dumps({**head, "l": some, "n": len(lines), "h": canonical.digest(canonical.dumps(lines))})
            return proof.encode(body, private.sign(body.encode()))

        try:
            text, _held = proof.fitting(lines, make)
        except proof.ProofError as problem:
            raise UserError(
                self.env._("The proof of %(picking)s does not fit into one code.", picking=self.name)
            ) from problem
        self.env["med.evidence.event"]._record(
            "proof.issued",
            [
                {
                    "record": self,
                    "body": {"sha256": canonical.digest(text), "package": package.name if package else None},
                }
            ],
        )
        return f"{self.get_base_url()}/med/proof#{text}"

    def action_med_proof(self):
        """Open the page that checks the proof of this delivery, as whoever scans the code sees it."""
        return {"type": "ir.actions.act_url", "url": self._med_proof_link(), "target": "new"}

    def _med_proof_head(self, package, answer, key):
        """What is said beside the goods; short names, since a code is small. No price, no address."""
        picking = self.sudo()  # sudo: what a proof says is the same whoever prints it
        review = picking.med_review_ids.filtered(lambda one: one.state == "signed")[:1]
        head = {
            "v": 1,
            "k": key[:16],
            "g": self.env["med.evidence.key"]._log_id()[:8],
            "d": [picking.id, picking.name],
            "t": fields.Datetime.to_string(picking.date_done),
            "f": picking.company_id.name,
            "c": picking._med_note_address().commercial_partner_id.name or "",
            "r": review.reviewer_id.name or "",
        }
        if package:
            head["p"] = package.name
        if answer:
            head["a"] = answer
        temperature = picking._med_proof_temperature()
        if temperature:
            head["x"] = temperature
        seal = picking._med_proof_seal()
        if seal:
            head["s"] = seal
        return head

    def _med_proof_temperature(self):
        """The verdict on the temperature of the journey; nothing where no addon knows it."""
        return

    def _med_proof_seal(self):
        """Where the passage of the gate is sealed: [index, size, leaf, path, root], hashes in base64url."""
        # sudo: the printer need not read the log
        event = (
            self.env["med.evidence.event"]
            .sudo()
            .search(
                [("kind", "=", "gate.passed"), ("res_model", "=", "stock.picking"), ("res_id", "=", self.id)],
                order="id desc",
                limit=1,
            )
        )
        place = event._sealed_path() if event else None
        if not place:
            return None

        def short(text):
            return base64.urlsafe_b64encode(bytes.fromhex(text)).rstrip(b"=").decode()

        path = [short(node) for node in place["path"]]
        return [place["index"], place["size"], short(place["leaf"]), path, short(place["root"])]

    def _med_proof_lines(self, package=None):
        """[UDI-DI or reference, lot, expiry YYYY-MM-DD, quantity] of each lot, in a fixed order."""
        rows = {}
        for line in self.move_line_ids._med_devices():
            if package and line.result_package_id != package:
                continue
            template, lot = line.product_id.product_tmpl_id, line.lot_id
            expiry = lot.expiration_date and fields.Datetime.context_timestamp(self._med_local(), lot.expiration_date)
            key = (
                template.med_primary_di or line.product_id.default_code or line.product_id.name,
                lot.name or "",
                expiry.date().isoformat() if expiry else "",
            )
            rows[key] = rows.get(key, 0) + line.quantity_product_uom
        return [[*key, canonical.quantity(quantity)] for key, quantity in sorted(rows.items())]

    # What has happened since ---------------------------------------------------------------

    @api.model
    def _med_proof_now(self, text):
        """What is known today of the goods of a proof, for whoever holds the box.

        Nothing is said to a code we did not sign, and nothing beyond the goods that it names itself.

        :return: dict with ``known`` and, when it is, ``signed_for`` (UTC or None) and ``lots``: [[UDI-DI or
            reference, lot, status]] of the goods that the code names
        """
        try:
            body, said, signature = proof.decode(text or "")
        except proof.ProofError:
            return {"known": False}
        short = str(said.get("k", ""))
        if not re.fullmatch("[0-9a-f]{16}", short):
            return {"known": False}
        # sudo: the code is the key, as with the links of receipts; the visitor has no account
        key = self.env["med.evidence.key"].sudo().search([("fingerprint", "=like", f"{short}%")], limit=1)
        if not key or not keys.is_signed(bytes.fromhex(key.public_key), signature, body.encode()):
            return {"known": False}
        picking = self.sudo().browse(said["d"][0]).exists()  # sudo: as above
        if not picking or picking.name != said["d"][1] or said["g"] != key._log_id()[:8]:
            return {"known": False}
        named = {(row[0], row[1]) for row in said["l"]}
        lots = set()
        for line in picking.move_line_ids._med_devices():
            template = line.product_id.product_tmpl_id
            name = template.med_primary_di or line.product_id.default_code or line.product_id.name
            if line.lot_id and (name, line.lot_id.name) in named:
                lots.add((name, line.lot_id.name, line.lot_id.med_status))
        return {
            "known": True,
            "signed_for": fields.Datetime.to_string(picking.med_signed_for_at) if picking.med_signed_for_at else None,
            "lots": [list(row) for row in sorted(lots)],
        }
