from odoo.http import Controller, content_disposition, request, route

from ..lib import import_kinds

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MedImportController(Controller):
    """Files to take away: empty templates, and what was wrong with a file."""

    @route("/med/import/template/<string:name>", type="http", auth="user", methods=["GET"])
    def template(self, name):
        kind, _dot, extension = name.rpartition(".")
        if kind not in import_kinds.kinds() or extension not in ("csv", "xlsx"):
            return request.not_found()
        content = request.env["med.import"]._template(kind, extension)
        return self._file(content, name, XLSX if extension == "xlsx" else "text/csv; charset=utf-8")

    @route("/med/import/<int:import_id>/errors.csv", type="http", auth="user", methods=["GET"])
    def errors(self, import_id):
        one = request.env["med.import"].search([("id", "=", import_id)])
        if not one:
            return request.not_found()
        name = f"{one.filename.rpartition('.')[0] or one.filename} - errors.csv"
        return self._file(one._error_file(), name, "text/csv; charset=utf-8")

    def _file(self, content, name, mimetype):
        headers = [
            ("Content-Type", mimetype),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(content, headers)
