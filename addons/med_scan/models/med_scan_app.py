from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Datetime

from odoo.addons.med_master_data.lib.errors import Problem

from ..lib import commands
from .med_scan_event import ENTRIES

MAXIMUM_CODE = 2048
MAXIMUM_NAME = 64


class MedScanApp(models.AbstractModel):
    """What the phone talks to. Stateless: the phone sends where it is with each step.

    A flow (pick, review, ...) is a method ``_step_<flow>`` that answers one code; an addon above
    adds its own and names it in ``_flows``. A flow answers with ``_right``, ``_wrong`` or ``_ask``.
    """

    _name = "med.scan.app"
    _description = "Scanning app"

    @api.model
    def _flows(self):
        """The flows there are; their codes are the pages of the phone too."""
        return ["pick"]

    @api.model
    def _flow_lines(self, picking, flow):
        """The records that a flow counts on: each knows ``_scan_match``, ``_scan_take``, ``_med_left``."""
        return picking.move_line_ids.filtered(lambda line: line.quantity > 0)

    @api.model
    def _flow_problem(self, picking, flow):
        """(code, facts) of why this flow cannot be done on the transfer by this user, or None."""
        return

    @api.model
    def scan(self, picking_id, code, key, device=None, at=None, state=None, entry="wedge", reason=None, about=None):
        """One step: what the scanner sent, and what follows from it.

        The same ``key`` gives the same answer and does nothing again.

        :param int picking_id: the transfer in hand
        :param str code: what the scanner sent, or a command code
        :param str key: made by the phone, unique for ever
        :param str device: the number the device gave itself
        :param str at: client's UTC time, ``YYYY-MM-DD HH:MM:SS``
        :param dict state: the ``state`` of the answer before, {} at the beginning
        :param str entry: wedge, camera, manual or rfid; manual needs a ``reason``
        :param dict about: of a step taken without network: ``judged``, the problem for which the phone
            refused it then (it is counted, and nothing is taken), and ``undoes``, the key of the step
            an undo was meant for; of a short pick ``line`` (id) and ``why`` (nothing_at_all, fewer, damaged)
        :return: JSON: ``ok``, ``tone`` (right, wrong, ask), ``problem`` (code or None), ``message``
            (sentence), ``notes`` (sentences), ``state`` (to be sent with the next step), ``changed``
            (lines as they are now: id, quantity, taken, picked), ``left`` (open lines), ``choices``,
            ``screen`` (the page to show)
        """
        self.env["med.scan.event"].check_access("read")  # people of the warehouse
        picking = self._mine(picking_id)
        if not isinstance(key, str) or not 8 <= len(key) <= MAXIMUM_NAME:
            raise ValueError("a key has 8 to 64 characters")
        stored = self.env["med.scan.event"]._answered(key)
        if stored:
            return self._stored_answer(stored, picking, code)
        step = {
            "code": str(code or "")[: MAXIMUM_CODE + 1],
            "entry": entry if entry in ENTRIES else "wedge",
            "reason": str(reason or "")[:200].strip() or False,
            "state": self._clean_state(state),
            "judged": self._clean_text(about, "judged"),
            "undoes": self._clean_text(about, "undoes"),
            "why": self._clean_text(about, "why"),
            "line": self._clean_id(about.get("line")) if isinstance(about, dict) else None,
        }
        answer, kept = self._step(picking, step)
        answer = {"key": key, **answer}
        self.env["med.scan.event"]._keep(
            {
                "key": key,
                "company_id": picking.company_id.id or self.env.company.id,
                "user_id": self.env.uid,
                "picking_id": picking.id,
                "device": str(device or "")[:MAXIMUM_NAME] or False,
                "flow": step["state"]["flow"],
                "code": step["code"],
                "entry": step["entry"],
                "reason": step["reason"],
                "scanned_at": self._client_time(at),
                "is_right": answer["ok"],
                "problem": answer["problem"],
                "message": answer["message"],
                "answer": answer,
                **kept,
            }
        )
        return answer

    def _stored_answer(self, event, picking, code):
        """What was answered before; a key that belongs to another step is nobody's to read."""
        if event.user_id != self.env.user or event.code != code or event.picking_id not in (picking, picking.browse()):
            raise AccessError(self.env._("This scan has the key of another one. Restart the app and scan again."))
        return {**event.answer, "again": True}

    @api.model
    def _step(self, picking, step):
        """(answer, values for the event)"""
        state = step["state"]
        if not picking:
            return self._wrong(picking, step, "delivery_gone")
        if step["entry"] == "manual" and not step["reason"]:
            return self._wrong(picking, step, "manual_reason")
        if len(step["code"]) > MAXIMUM_CODE:
            return self._wrong(picking, step, "scan_too_long", length=str(len(step["code"])), maximum=str(MAXIMUM_CODE))
        problem = self._flow_problem(picking, state["flow"])
        if problem:
            return self._wrong(picking, step, problem[0], **problem[1])
        if step["judged"] in self.env["med.message"]._sentences():
            return self._judged_before(picking, step)
        return getattr(self, f"_step_{state['flow']}")(picking, step)

    def _judged_before(self, picking, step):
        """The phone refused it without network and the picker put the goods back. It counts as a wrong
        scan; to judge it again and take goods that lie on the shelf again would be wrong."""
        body = {"code": step["code"], "problems": [step["judged"]], "entry": step["entry"]}
        self.env["med.evidence.event"]._record("scan.refused", [{"record": picking, "body": body}])
        answer, kept = self._wrong(picking, step, step["judged"], {"is_goods": True}, self._say("judged_offline"))
        return answer, kept

    @api.model
    def _mine(self, picking_id):
        """The transfer, where the user may work on it. Of another company's he learns nothing."""
        picking = self.env["stock.picking"].browse(self._clean_id(picking_id) or []).exists()
        return picking if picking.has_access("write") else picking.browse()

    @api.model
    def _clean_state(self, state):
        """Only what a flow may be told, whatever was sent."""
        state = state if isinstance(state, dict) else {}
        flow = state.get("flow")
        pending = state.get("pending")
        return {
            "flow": flow if flow in self._flows() else "pick",
            "location": self._clean_id(state.get("location")),
            "package": self._clean_id(state.get("package")),
            "lot": str(state["lot"])[:MAXIMUM_NAME] if state.get("lot") else None,
            "pending": [str(one)[:MAXIMUM_CODE] for one in pending[:4]] if isinstance(pending, list) else [],
        }

    def _clean_text(self, about, name):
        value = about.get(name) if isinstance(about, dict) else None
        return value[:MAXIMUM_NAME] if isinstance(value, str) else None

    def _clean_id(self, value):
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else None

    def _client_time(self, at):
        try:
            return Datetime.to_datetime(at)
        except (TypeError, ValueError):
            return False

    # Answers ---------------------------------------------------------------------------

    @api.model
    def _say(self, code, /, **params):
        return self.env["med.message"]._text(Problem(code, params))

    def _answer(self, picking, step, tone, problem, message, changed=(), notes=(), choices=(), **state):
        state = {**step["state"], "pending": [], "lot": None, **state}
        left = self._left(picking, state["flow"])
        return {
            "ok": tone == "right",
            "tone": tone,
            "problem": problem,
            "message": message,
            "notes": [self.env["med.message"]._text(note) for note in notes],
            "state": state,
            "screen": self._screen(picking, state, left, choices),
            "changed": [self._line_state(line) for line in changed],
            "left": left,
            "choices": list(choices),
        }

    def _screen(self, picking, state, left, choices):
        """The page of the phone for what comes next."""
        if choices:
            return "choose"
        if state["pending"] or state["lot"]:
            return "label"
        return state["flow"] if left else "complete"

    @api.model
    def _line_state(self, line):
        matched = line._scan_match()
        return {
            "id": matched.id,
            "quantity": matched.quantity,
            "taken": matched.taken,
            "picked": not line._med_left(),
        }

    def _left(self, picking, flow):
        """Open lines."""
        return len(self._flow_lines(picking, flow).filtered(lambda line: line._med_left()))

    def _wrong(self, picking, step, problem, kept=None, message=None, notes=(), sentence=None, /, **params):
        message = message or self._say(sentence or problem, **params)
        return self._answer(picking, step, "wrong", problem, message, notes=notes), kept or {}

    def _ask(self, picking, step, problem, choices=(), state=None, **params):
        message = self._say(problem, **params)
        return self._answer(picking, step, "ask", problem, message, choices=choices, **(state or {})), {}

    def _right(self, picking, step, code, changed=(), notes=(), kept=None, state=None, /, **params):
        message = self._say(code, **params)
        return self._answer(picking, step, "right", None, message, changed, notes, **(state or {})), kept or {}

    def _command(self, code):
        return commands.command(code)
