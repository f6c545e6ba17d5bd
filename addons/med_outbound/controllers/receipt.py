from odoo import http
from odoo.exceptions import UserError
from odoo.http import request


class ReceiptController(http.Controller):
    """The page behind the link that the consignee gets. No account; the token is the key."""

    @http.route("/med/receipt/<string:token>", type="http", auth="public", website=True, sitemap=False)
    def receipt(self, token):
        receipt = request.env["med.outbound.receipt"]._find(token)
        values = {
            "receipt": receipt,
            "picking": receipt.picking_id,
            "refusal": receipt._refusal(),
            "token": token,
            "no_breadcrumbs": True,
        }
        response = request.render("med_outbound.receipt_page", values, status=200 if receipt else 404)
        # the token must not leak to other sites, caches or search engines
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @http.route("/med/receipt/<string:token>/sign", type="jsonrpc", auth="public", website=True)
    def sign(self, token, name=None, signature=None, remark=None):
        receipt = request.env["med.outbound.receipt"]._find(token)
        try:
            with request.env.cr.savepoint():
                receipt._sign_receipt(name, signature, remark)
        except UserError as error:
            return {"error": str(error)}  # the form shows this sentence; nothing was written
        return {"force_refresh": True, "redirect_url": f"/med/receipt/{token}"}
