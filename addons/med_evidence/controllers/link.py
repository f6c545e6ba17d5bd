from odoo import http
from odoo.exceptions import UserError
from odoo.http import request


class LinkController(http.Controller):
    """The page behind a link to sign on. No account; the token is the key."""

    @http.route("/med/sign/<string:token>", type="http", auth="public", website=True, sitemap=False)
    def page(self, token):
        link = request.env["med.evidence.link"]._find(token)
        record = link._record()
        values = {
            "link": link,
            "record": record,
            "meaning": record._signature_meanings().get(link.meaning) if record else "",
            "display": record._signature_display(link.meaning) if record else {},
            "shown": record._signature_hash(link.meaning) if record else "",
            "signatures": record.signature_ids.filtered(lambda s: s.auth_method == "link") if record else [],
            "refusal": link._refusal(),
            "token": token,
            "no_breadcrumbs": True,
        }
        response = request.render("med_evidence.link_page", values, status=200 if record else 404)
        # the token must not leak to other sites, caches or search engines
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @http.route("/med/sign/<string:token>/<string:shown>", type="jsonrpc", auth="public", website=True)
    def sign(self, token, shown, name=None, signature=None):
        link = request.env["med.evidence.link"]._find(token)
        try:
            with request.env.cr.savepoint():
                link._sign(name, signature, shown)
        except UserError as error:
            return {"error": str(error)}  # the form shows this sentence; nothing was written
        return {"force_refresh": True, "redirect_url": f"/med/sign/{token}"}
