from odoo import http
from odoo.exceptions import UserError
from odoo.http import request


class ReceiptRefusalController(http.Controller):
    """The second form behind the consignee's link: what is not as it should be."""

    @http.route("/med/receipt/<string:token>/refuse", type="http", auth="public", website=True, methods=["POST"])
    def refuse(self, token, name=None, what=None, **posted):
        receipt = request.env["med.outbound.receipt"]._find(token)
        line_ids = [int(value) for value in request.httprequest.form.getlist("line") if value.isdigit()]
        try:
            with request.env.cr.savepoint():
                receipt._refuse_receipt(name, what, line_ids)
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
            }
            return request.render("med_outbound.receipt_page", values, status=422 if receipt else 404)
        return request.redirect(f"/med/receipt/{token}")
