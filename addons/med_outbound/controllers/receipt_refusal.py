import math

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.med_outbound_receipt_refusal import LARGEST_PHOTO, MOST_PHOTOS


class ReceiptRefusalController(http.Controller):
    """The second form behind the consignee's link: what is not as it should be."""

    @http.route("/med/receipt/<string:token>/refuse", type="http", auth="public", website=True, methods=["POST"])
    def refuse(self, token, name=None, what=None, **posted):
        receipt = request.env["med.outbound.receipt"]._find(token)
        form, files = request.httprequest.form, request.httprequest.files.getlist("photo")
        line_ids = [int(value) for value in form.getlist("line") if value.isdigit()]
        try:
            with request.env.cr.savepoint():
                # one byte more than allowed is enough to know that it is too much
                photos = [(file.filename, file.read(LARGEST_PHOTO + 1)) for file in files[: MOST_PHOTOS + 1]]
                receipt._refuse_receipt(name, what, line_ids, self._differences(form), photos)
        except UserError as error:
            # back to the page, which shows this sentence and keeps what was typed
            values = {
                "receipt": receipt,
                "picking": receipt.picking_id,
                "refusal": receipt._refusal(),
                "token": token,
                "no_breadcrumbs": True,
                "report_error": str(error),
                "report_name": name,
                "report_what": what,
                "report_form": form,
            }
            return request.render("med_outbound.receipt_page", values, status=422 if receipt else 404)
        return request.redirect(f"/med/receipt/{token}")

    def _differences(self, form):
        """{line id: (quantity, condition)} of the numbers that were entered.

        :raises UserError: what is no number
        """
        found = {}
        for key, text in form.items():
            prefix, _sep, line_id = key.partition("_")
            text = text.strip().replace(",", ".")
            if prefix != "quantity" or not line_id.isdigit() or not text:
                continue
            try:
                quantity = float(text)
            except ValueError:
                quantity = math.nan
            if not math.isfinite(quantity):
                raise UserError(request.env._("“%(text)s” is no number. Correct it, then send it.", text=text[:20]))
            if quantity:
                found[int(line_id)] = (quantity, form.get(f"condition_{line_id}") or "other")
        return found
