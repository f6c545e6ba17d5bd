from odoo.http import Controller, content_disposition, request, route

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class MedDictionaryController(Controller):
    @route("/med/dictionary/data_dictionary.<string:extension>", type="http", auth="user", methods=["GET"])
    def dictionary(self, extension):
        """The data dictionary in both languages, for whoever works here."""
        if extension not in TYPES or not request.env["med.data.term"].has_access("read"):
            return request.not_found()
        headers = [
            ("Content-Type", TYPES[extension]),
            ("Content-Disposition", content_disposition(f"data_dictionary.{extension}")),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(request.env["med.data.term"]._export(extension), headers)
