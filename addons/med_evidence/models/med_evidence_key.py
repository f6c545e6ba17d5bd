import base64
import logging
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, config

from ..files import keys
from ..files.witness import Witness
from ..lib import canonical

_logger = logging.getLogger(__name__)


class MedEvidenceKey(models.Model):
    """The public halves of the keys that sign seals; the private ones never enter the database.

    They lie in files of mode 0600 in the folder ``med_evidence_dir`` of Odoo's configuration, by
    default ``evidence/DATABASE`` in its ``data_dir``. The newest key signs. A new key is endorsed
    by a signature of the one before, so that a chain leads from the first key to the last.
    """

    _name = "med.evidence.key"
    _inherit = ["med.evidence.append.only"]
    _description = "Signing key of seals"
    _order = "id desc"
    _rec_name = "fingerprint"
    _log_access = False

    fingerprint = fields.Char("Fingerprint (SHA-256)", required=True, readonly=True)
    public_key = fields.Char("Public key (Ed25519, hex)", required=True, readonly=True)
    created_at = fields.Datetime("Made at", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Made by", required=True, readonly=True)
    user_name = fields.Char("Printed name", required=True, readonly=True)
    reason = fields.Text("Reason", readonly=True)
    previous = fields.Char("Fingerprint before", readonly=True)
    endorsement = fields.Char(
        "Endorsed by the key before",
        readonly=True,
        help="Signature of the key before over this key. Empty for the first key, and when the key before was lost.",
    )
    state = fields.Selection(
        [("active", "Signs"), ("missing", "File missing"), ("retired", "Retired")],
        "State",
        compute="_compute_state",
    )
    public_pem = fields.Binary("Public key (PEM)", compute="_compute_public_pem")

    _fingerprint_uniq = models.UniqueIndex("(fingerprint)", "A key has one row.")

    def _compute_state(self):
        newest = self.sudo().search([], limit=1)  # sudo: rows of keys hold nothing secret
        for key in self:
            if key != newest:
                key.state = "retired"
            else:
                key.state = "active" if self._private()[0] else "missing"

    @api.depends("public_key")
    def _compute_public_pem(self):
        for key in self:
            key.public_pem = base64.b64encode(keys.pem(bytes.fromhex(key.public_key)).encode())

    # Files -----------------------------------------------------------------------------

    @api.model
    def _folder(self):
        """Where this database keeps its private key and its notes, outside of itself."""
        base = config.get("med_evidence_dir") or Path(config["data_dir"]) / "evidence"
        return Path(base) / self.env.cr.dbname

    @api.model
    def _witness(self):
        return Witness(self._folder(), self._log_id())

    @api.model
    def _log_id(self):
        """The identity of this log: two databases with the same name are still two logs."""
        # sudo: everybody's events are noted under it
        return self.env["ir.config_parameter"].sudo().get_param("med_evidence.log")

    @api.model
    def _private(self):
        """The private key that signs now and, when it cannot be used, the error that says why.

        :return: (Ed25519PrivateKey or None, KeyFileError or None)
        """
        newest = self.sudo().search([], limit=1)  # sudo: sealing is the system's work
        if not newest:
            return None, None
        try:
            return keys.load(self._folder(), newest.fingerprint), None
        except keys.KeyFileError as error:
            return None, error

    @api.model
    def _problem_sentence(self, error):
        sentences = {
            "missing": self.env._("there is no file %(path)s", path=error.path),
            "unreadable": self.env._("the file %(path)s cannot be read", path=error.path),
            "open_to_others": self.env._(
                "others may read the file %(path)s: give it the mode 0600, or make a new key if it was seen",
                path=error.path,
            ),
            "damaged": self.env._("the file %(path)s is no private key", path=error.path),
            "another_key": self.env._("the file %(path)s holds another key", path=error.path),
        }
        return sentences[error.problem]

    # Making ----------------------------------------------------------------------------

    @api.model
    def _statement(self, vals):
        """The bytes by which one key endorses the next."""
        return canonical.dumps(
            {"format": "med-evidence-key/1", "log": self._log_id(), **{k: vals[k] for k in ("fingerprint", "previous")}}
        ).encode()

    @api.model
    def _make(self, reason):
        """A new key, from now on the one that signs. Its file goes again when this transaction is rolled back.

        :raises OSError: when the folder cannot be written
        """
        newest, old = self.search([], limit=1), self._private()[0]
        folder = self._folder()
        private = keys.create(folder)
        public = keys.raw_public(private)
        name = keys.fingerprint(public)
        self.env.cr.postrollback.add(lambda: keys.path_of(folder, name).unlink(missing_ok=True))
        user = self.env.user
        vals = {"fingerprint": name, "previous": newest.fingerprint or None}
        vals |= {
            "public_key": public.hex(),
            "created_at": fields.Datetime.now(),
            "user_id": user.id,
            "user_name": user.sudo().name,  # sudo: the printed name, whoever acts
            "reason": reason,
            "endorsement": old.sign(self._statement(vals)).hex() if old else None,
        }
        key = self._append_row(vals)
        self.env["med.evidence.event"]._record(
            "evidence.key",
            [{"reason": reason, "body": {"fingerprint": name, "previous": vals["previous"], "endorsed": bool(old)}}],
        )
        if old:
            # What is signed stays verifiable by the public half; a private half nobody needs is only a danger.
            self.env.cr.postcommit.add(lambda: keys.path_of(folder, newest.fingerprint).unlink(missing_ok=True))
        _logger.info("evidence: new signing key %s in %s", name[:16], folder)
        return key

    @api.model
    def _rotate(self, reason):
        """Make a new key in place of the present one.

        :raises UserError: no reason, or the folder cannot be written
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why there is to be a new key: the reason stays on record."))
        try:
            return self._make(reason.strip())
        except OSError as error:
            raise UserError(
                self.env._(
                    "No key was made: the folder %(folder)s cannot be written (%(error)s). Give the user of the"
                    " server the right to write there, or name another folder as med_evidence_dir in Odoo's"
                    " configuration.",
                    folder=self._folder(),
                    error=error.strerror,
                )
            ) from error

    @api.model
    def action_rotate(self):
        """Open the dialog that asks for the reason of a new key."""
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only administrators make a new signing key."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New signing key"),
            "res_model": "med.evidence.key.rotate",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_download(self):
        """The public key as a PEM file, for whoever verifies without us."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/med.evidence.key/{self.id}/public_pem/evidence-{self.fingerprint[:16]}.pem?download=true",
            "target": "download",
        }

    # Verification ----------------------------------------------------------------------

    @api.model
    def _verify_keys(self):
        """Each key must be named by its own hash and endorsed by the one before, where it says so."""
        findings, publics = [], {}
        for key in self.search([], order="id"):
            public, endorsement = _unhex(key.public_key), _unhex(key.endorsement)
            good = keys.fingerprint(public) == key.fingerprint
            if good and key.endorsement:
                before = publics.get(key.previous, b"")
                vals = {"fingerprint": key.fingerprint, "previous": key.previous}
                good = keys.is_signed(before, endorsement, self._statement(vals))
            if good:
                publics[key.fingerprint] = public
            else:
                findings.append({"code": "key_differs", "detail": key.fingerprint})
        return publics, findings

    @api.model
    def _init_log(self):
        self.env.cr.execute(
            SQL(
                """INSERT INTO ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date)
                   SELECT 'med_evidence.log', replace(gen_random_uuid()::text, '-', ''), 1, now(), 1, now()
                   WHERE NOT EXISTS (SELECT 1 FROM ir_config_parameter WHERE key = 'med_evidence.log')"""
            )
        )

    def init(self):
        self._init_log()
        super().init()


def _unhex(text):
    """The bytes of stored hex digits; nothing when somebody has changed them into something else."""
    try:
        return bytes.fromhex(text or "")
    except ValueError:
        return b""
