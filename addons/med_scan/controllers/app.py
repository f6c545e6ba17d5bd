from odoo import http
from odoo.http import request
from odoo.tools import file_open, json

# The page and its worker; every RPC is Odoo's own.
SCOPE = "/med_scan"


class MedScanPage(http.Controller):
    @http.route(SCOPE, type="http", auth="user", methods=["GET"], readonly=True)
    def med_scan_app(self):
        """The app itself: an empty page and its program. All it shows, it asks by RPC or has kept."""
        user = request.env.user
        session = {
            "uid": user.id,
            "user_context": dict(request.env["res.users"].context_get()),
            "db": request.env.cr.dbname,
            "server_version_info": [],
        }
        return request.render(
            "med_scan.app",
            {
                "page_lang": (user.lang or "en_US").replace("_", "-"),
                "debug": request.session.debug or "",
                "session_info": json.scriptsafe.dumps(session),
            },
            headers={"Cache-Control": "no-store"},
        )

    @http.route(f"{SCOPE}/manifest.webmanifest", type="http", auth="public", methods=["GET"], readonly=True)
    def med_scan_manifest(self):
        """What a phone installs. Public, as browsers fetch it without the session."""
        manifest = {
            "id": SCOPE,
            "name": request.env._("Scanning"),
            "short_name": request.env._("Scanning"),
            "scope": SCOPE,
            "start_url": SCOPE,
            "display": "standalone",
            "orientation": "any",
            "background_color": "#10202b",
            "theme_color": "#10202b",
            "icons": [
                {"src": "/med_scan/static/description/icon.svg", "sizes": "any", "type": "image/svg+xml"},
            ],
        }
        return request.make_json_response(manifest, {"Content-Type": "application/manifest+json"})

    @http.route(f"{SCOPE}/service-worker.js", type="http", auth="public", methods=["GET"], readonly=True)
    def med_scan_worker(self):
        """Keeps page and program on the phone, so that the app opens without network."""
        with file_open("med_scan/static/src/service_worker.js") as file:
            body = file.read()
        return request.make_response(
            body,
            [("Content-Type", "text/javascript"), ("Service-Worker-Allowed", SCOPE), ("Cache-Control", "no-cache")],
        )
