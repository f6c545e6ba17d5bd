"""Readings over HTTP: a device with a key of its own sends a batch, and may forget it when it is answered.

    POST /med_coldchain/readings
    Authorization: Bearer <key>
    {"readings": {"<serial>": [[<seconds since 1970 UTC>, <degrees Celsius or null>], ...],
                  "<serial>/<channel>": {"at": [<seconds>, ...], "celsius": [<degrees or null>, ...]}}}

Pairs for a few readings, columns for many.

    200 {"accepted": 3, "duplicates": 0, "conflicts": 0, "refused": []}

The answer leaves after the database has committed: what is accepted is stored, and sent twice counts once. Readings
that are refused are named with the reason; all others of the batch are stored.
"""

import json
import time

from odoo import http
from odoo.http import Response, request

MAX_BYTES = 20_000_000


class BatchError(Exception):
    """The batch as a whole cannot be read."""

    def __init__(self, status, code, **params):
        super().__init__(code)
        self.status, self.code, self.params = status, code, params


class ReadingsController(http.Controller):
    @http.route("/med_coldchain/readings", type="http", auth="none", methods=["POST"], csrf=False, save_session=False)
    def readings(self, **_kwargs):
        try:
            answer = self._take()
        except BatchError as error:
            return self._answer(error.status, {"error": error.code, **error.params})
        return self._answer(200, answer)

    def _answer(self, status, body):
        return Response(json.dumps(body), status=status, content_type="application/json; charset=utf-8")

    def _take(self):
        header = request.httprequest.headers.get("Authorization", "")
        scheme, _space, key = header.partition(" ")
        env = request.env(su=True)
        device = env["med.temperature.device"]._find_by_key(key.strip()) if scheme == "Bearer" and key else None
        if not device:
            raise BatchError(401, "key_unknown")
        body = request.httprequest.get_data()
        if len(body) > MAX_BYTES:
            raise BatchError(413, "batch_large", most=MAX_BYTES)
        try:
            courses = json.loads(body)["readings"]
            batches, refused = device._batches(courses)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise BatchError(400, "batch_odd", detail=str(error)[:200]) from None
        # the system acts: a device is nobody, and what it sends is judged by rules
        root = env["med.temperature.reading"].with_user(api_user(env))
        answer = root._ingest(batches, int(time.time()))
        answer["refused"] = refused + answer["refused"]
        return answer


def api_user(env):
    return env.ref("base.user_root")
