from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..lib.ledger import ANSWERS


class RecallController(http.Controller):
    """The page behind the link in a recall letter. No account; the token is the key."""

    @http.route("/med/recall/<string:token>", type="http", auth="public", website=True, sitemap=False)
    def recall(self, token):
        link = request.env["med.recall.link"]._find(token)
        if not link._refusal():
            link._opened()
        return self._page(link, token)

    @http.route(
        "/med/recall/<string:token>/answer", type="http", auth="public", website=True, methods=["POST"], sitemap=False
    )
    def answer(self, token, name=None, remark=None, **figures):
        link = request.env["med.recall.link"]._find(token)
        reader = self._in_language(link)
        try:
            with request.env.cr.savepoint():
                refusal = reader._refusal()
                if refusal:
                    raise UserError(refusal)
                consignee = reader.consignee_id
                consignee._receive_answer(name, self._quantities(consignee, figures), remark)
        except UserError as error:
            return self._page(link, token, error=str(error), given={**figures, "name": name, "remark": remark})
        return request.redirect(f"/med/recall/{token}?sent=1")

    def _quantities(self, consignee, figures):
        quantities = {}
        for line in consignee.answer_ids:
            said = quantities[line.id] = {}
            for kind in ANSWERS:
                text = (figures.get(f"{kind}_{line.id}") or "0").strip().replace(",", ".") or "0"
                try:
                    said[kind] = float(text)
                except ValueError as error:
                    raise UserError(
                        consignee.env._(
                            "Lot %(lot)s: “%(text)s” is not a number.", lot=line.lot_id.name, text=text[:40]
                        )
                    ) from error
        return quantities

    def _in_language(self, link):
        """The page speaks the reader's language, as his letter did."""
        consignee = link.consignee_id
        lang = consignee.contact_id.lang or consignee.partner_id.lang
        return link.with_context(lang=lang) if lang else link

    def _page(self, link, token, error=None, given=None):
        link = self._in_language(link)
        consignee = link.consignee_id
        values = {
            "consignee": consignee,
            "recall": consignee.recall_id,
            "refusal": link._refusal(),
            "error": error,
            "given": given or {},
            "kinds": self._kinds(link),
            "token": token,
            "sent": request.httprequest.args.get("sent"),
            "no_breadcrumbs": True,
        }
        if link.env.context.get("lang"):
            request.update_context(lang=link.env.context["lang"])
        response = request.render("med_recall.answer_page", values, status=200 if link else 404)
        # the token must not leak to other sites, caches or search engines
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _kinds(self, link):
        _ = link.env._
        labels = {
            "in_stock": _("Still here"),
            "used": _("Used"),
            "implanted": _("Implanted"),
            "passed_on": _("Passed on to others"),
            "destroyed": _("Destroyed"),
            "returning": _("Of those still here: we send back"),
        }
        return list(labels.items())
