import json
from pathlib import Path

from markupsafe import Markup
from odoo import http
from odoo.http import request
from odoo.tools import file_path


class ProofController(http.Controller):
    """The page that checks the code on a box. It needs nobody: what is proven stands behind the ``#``
    of its address, and a phone that saw the page once shows it again without network."""

    @http.route("/med/proof", type="http", auth="public", sitemap=False)
    def page(self):
        return self._static_page({"script": "/med_outbound/static/proof/proof.js"})

    @http.route("/med/proof/page.html", type="http", auth="public", sitemap=False)
    def file(self):
        """The same page as one file, to be kept on a device that has no network."""
        script = Path(file_path("med_outbound/static/proof/proof.js")).read_text(encoding="utf-8")
        response = self._static_page({"inline": Markup(script), "server": request.httprequest.host_url.rstrip("/")})
        response.headers["Content-Disposition"] = 'attachment; filename="proof.html"'
        return response

    def _static_page(self, values):
        # sudo: public halves are for everybody
        keys = request.env["med.evidence.key"].sudo().search([])
        known = {key.fingerprint[:16]: key.public_key for key in keys}
        # ours and hexadecimal, and no text of it can end the element it stands in
        keys_json = Markup(json.dumps(known).replace("<", "\\u003c"))
        response = request.render("med_outbound.proof_page", {"inline": None, **values, "keys": keys_json})
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @http.route("/med/proof/worker.js", type="http", auth="public", sitemap=False)
    def worker(self):
        path = Path(file_path("med_outbound/static/proof/worker.js"))
        headers = {
            "Content-Type": "text/javascript",
            "Service-Worker-Allowed": "/med/proof",
            "Cache-Control": "no-cache",
        }
        return request.make_response(path.read_bytes(), headers=list(headers.items()))

    @http.route("/med/proof/now", type="jsonrpc", auth="public")
    def now(self, code=None):
        return request.env["stock.picking"]._med_proof_now(code)
