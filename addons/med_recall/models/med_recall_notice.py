import zipfile
from io import BytesIO

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib import lot_text, notice

MAX_UNREAD = 20


class MedRecallNotice(models.Model):
    """A notice of a manufacturer, a regulator or our own, as it came. Each new one is held against
    everything we ever had; what we had opens a draft recall by itself."""

    _name = "med.recall.notice"
    _inherit = ["med.evidence.tracked"]
    _description = "Recall notice"
    _order = "published desc, id desc"
    _rec_name = "number"
    _evidence_fields = ("source", "number", "firm", "product", "code_text", "classification", "state")

    source = fields.Selection(
        [("maker", "Manufacturer"), ("regulator", "Regulator"), ("own", "Own deviation")],
        required=True,
        default="maker",
    )
    number = fields.Char(required=True)
    firm = fields.Char("Recalling firm")
    product = fields.Text("Product text")
    code_text = fields.Text("Lot text", help="What the notice says of lots, serials and dates, word for word.")
    reason = fields.Text()
    classification = fields.Char("Class")
    published = fields.Date("Published on")
    quantity = fields.Char("Quantity text")
    distribution = fields.Text()
    url = fields.Char("Address")
    action = fields.Text("Action text")
    raw = fields.Text("As it came", readonly=True)
    company_id = fields.Many2one("res.company", "Company", required=True, default=lambda self: self.env.company)
    state = fields.Selection(
        [("ours", "We had it"), ("possible", "May be ours"), ("not_ours", "Never had it"), ("unread", "Needs reading")],
        readonly=True,
        help="“Needs reading”: the lot text could not be read whole, or there is none; a person decides.",
    )
    unread = fields.Char("Not understood", readonly=True)
    product_ids = fields.Many2many("product.product", string="Our products", readonly=True)
    lot_ids = fields.Many2many("stock.lot", string="Our lots", readonly=True)
    recall_ids = fields.One2many("med.recall", "notice_id", "Recalls", readonly=True)

    _number_uniq = models.UniqueIndex(
        "(source, number, COALESCE(firm, ''), company_id)", "This notice is there already. Open it instead."
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in ("state", "unread", "product_ids", "lot_ids"):
                vals.pop(name, None)  # found, not entered
        notices = super().create(vals_list)
        notices._match()
        return notices

    # Match -----------------------------------------------------------------------------

    def _match(self):
        """Whether we ever had what the notice is about."""
        for one in self:
            reading = lot_text.parse((one.code_text or "")[: lot_text.MAX_TEXT])
            products = one._our_products(reading)
            lots = one._our_lots(reading, products)
            # a maker's catalogue number or name in the text is proof; a lot number alone is a hint
            if lots and products:
                state = "ours"
            elif lots:
                state = "possible"
            elif not reading.is_complete:
                state = "unread" if products or not one.code_text else "not_ours"
            else:
                state = "not_ours"
            one.write(
                {
                    "state": state,
                    "unread": "; ".join(reading.unread[:MAX_UNREAD]) or False,
                    "product_ids": [Command.set((lots.product_id | products if lots else products).ids)],
                    "lot_ids": [Command.set(lots.ids)],
                }
            )
            if state == "ours" and not one.recall_ids:
                one._open_recall(reading)

    def _our_products(self, reading):
        """Our devices that the notice names: by identifier or number in its texts, word for word."""
        words = {p.first for p in reading.proposals if p.kind in ("di", "model")}
        text = f"{self.product or ''} {self.code_text or ''}"
        words |= {word.strip(".,;:()[]#\"'") for word in text.split() if any(c.isdigit() for c in word)}
        words = sorted(filter(lambda word: len(word) > 3, words))
        if not words:
            return self.env["product.product"]
        identifiers = [word.zfill(14) if word.isdigit() and len(word) <= 14 else word for word in words]
        return self.env["product.product"].search(
            Domain("med_is_device", "=", True)
            & (
                Domain("default_code", "in", words)
                | Domain("barcode", "in", words)
                | Domain("product_tmpl_id.med_identifier_ids.di", "in", identifiers)
            )
        )

    def _our_lots(self, reading, products):
        names = [p.first for p in reading.proposals if p.kind in ("lot", "serial")]
        device = Domain("product_id.med_is_device", "=", True)
        base = Domain("product_id", "in", products.ids) if products else device
        lots = self.env["stock.lot"].search(base & Domain("name", "in", names)) if names else self.env["stock.lot"]
        for proposal in reading.proposals:
            if proposal.kind in ("lot_range", "serial_range"):
                found = lots.search(base & Domain("name", ">=", proposal.first) & Domain("name", "<=", proposal.last))
                lots |= found.filtered(lambda lot, p=proposal: lot_text.in_range(lot.name, p.first, p.last))
            elif products and proposal.kind in ("all", "expiry", "made", "shipped"):
                lots |= self._dated_lots(proposal, products)
        return lots

    def _dated_lots(self, proposal, products):
        domain = Domain("product_id", "in", products.ids)
        name = {"expiry": "expiration_date", "made": "med_production_date"}.get(proposal.kind)
        if name and proposal.day_from:
            domain &= Domain(name, ">=", proposal.day_from)
        if name and proposal.day_to:
            domain &= Domain(name, "<", fields.Date.add(proposal.day_to, days=1))
        return self.env["stock.lot"].search(domain)

    def _profile(self):
        wanted = notice.level(self.classification or "")
        country = {"CN": "cn", "US": "us"}.get(
            self.company_id.country_id.code, "cn" if not self.company_id.country_id else "eu"
        )
        profiles = self.env["med.recall.profile"].search([])
        same = profiles.filtered(lambda profile: profile.jurisdiction == country) or profiles
        return same.filtered(lambda profile: profile.level == wanted)[:1] or same[:1]

    def _open_recall(self, reading=None):
        self.ensure_one()
        recall = self.env["med.recall"].create(
            {
                "title": (self.product or self.number)[:120].split("\n")[0],
                "notice_id": self.id,
                "company_id": self.company_id.id,
                "profile_id": self._profile().id,
                "reason": self.reason,
                "instruction": self.action,
                "product_ids": [Command.set(self.product_ids.ids)],
            }
        )
        self._propose(recall, reading)
        return recall

    def _propose(self, recall, reading=None):
        """Scope lines for what the text says; nobody has confirmed them yet."""
        reading = reading or lot_text.parse((self.code_text or "")[: lot_text.MAX_TEXT])
        known = {(line.kind, line.first or "", line.last or "") for line in recall.scope_ids}
        self.env["med.recall.scope"].create(
            [
                {
                    "recall_id": recall.id,
                    "kind": proposal.kind,
                    "first": proposal.first,
                    "last": proposal.last,
                    "day_from": proposal.day_from,
                    "day_to": proposal.day_to,
                }
                for proposal in reading.proposals
                if (proposal.kind, proposal.first, proposal.last) not in known
            ]
        )

    def action_match(self):
        self._match()

    def action_open_recall(self):
        self.ensure_one()
        recall = self.recall_ids[:1] or self._open_recall()
        return {
            "type": "ir.actions.act_window",
            "res_model": "med.recall",
            "res_id": recall.id,
            "views": [(False, "form")],
        }

    # Import ----------------------------------------------------------------------------

    @api.model
    def _import_file(self, name, data, source="regulator"):
        """Import notices from openFDA's JSON, one JSON a line, CSV or XLSX.

        :param str name: of the file; its ending says what it is
        :param bytes data: its content
        :return: dict with ``created`` (notices), ``known`` (count) and ``refused`` ([(row, reason)])
        :raises UserError: the file cannot be read at all, with the reason
        """
        try:
            records = list(self._records(name, data))
        except notice.UnreadableError as error:
            raise UserError(self._unreadable(error)) from error
        refused, wanted = [], {}
        for row, record in enumerate(records, 1):
            try:
                read = notice.read(record)
            except notice.UnreadableError as error:
                refused.append((row, self._unreadable(error)))
                continue
            number = read.number or f"{name} {row}"
            wanted.setdefault((number, read.firm), (number, read))
        known = {
            (one.number, one.firm or "")
            for one in self.search(
                [("source", "=", source), ("number", "in", [number for number, _read in wanted.values()])]
            )
        }
        fresh = [value for key, value in wanted.items() if key not in known]
        created = self.create([self._vals(number, read, source) for number, read in fresh])
        return {"created": created, "known": len(wanted) - len(fresh), "refused": refused}

    def _vals(self, number, read, source):
        names = ("firm", "product", "code_text", "reason", "classification", "published", "quantity", "distribution")
        values = {name: getattr(read, name) for name in (*names, "url", "action", "raw")}
        return {"source": source, "number": number, **values}

    def _records(self, name, data):
        ending = name.rsplit(".", 1)[-1].lower()
        if ending == "xlsx":
            # Odoo's own requirement, needed here only
            import openpyxl

            try:
                sheet = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True).active
            except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
                raise notice.UnreadableError("not_xlsx") from error
            return notice.from_rows(sheet.iter_rows(values_only=True))
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = data.decode("gb18030")
            except UnicodeDecodeError as error:
                raise notice.UnreadableError("not_text") from error
        return notice.from_csv(text) if ending in ("csv", "tsv", "txt") else notice.from_json(text)

    def _unreadable(self, error):
        _ = self.env._
        sentences = {
            "not_json": _("Line %(line)s is not JSON. Save the file anew as the regulator offers it.", **error.params)
            if "line" in error.params
            else "",
            "no_records": _("There is no list of notices in this file."),
            "no_heading": _(
                "No column has a heading we know. Name at least the product and the lots. The columns are: %(columns)s",
                columns=error.params.get("columns", ""),
            ),
            "shifted": _(
                "The headings do not fit the cells: “%(column)s” holds “%(holds)s”. Move the headings, then import again.",
                column=error.params.get("column", ""),
                holds=error.params.get("holds", ""),
            ),
            "nothing": _(
                "It names neither product nor lots nor firm. Its columns are: %(columns)s",
                columns=error.params.get("columns", ""),
            ),
            "not_xlsx": _("This is no XLSX file. Save it anew as XLSX or CSV."),
            "not_text": _("The file is neither UTF-8 nor GB 18030 text. Save it as UTF-8."),
        }
        return sentences[error.code]
