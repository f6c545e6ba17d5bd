"""The law as a client meets it: an ordinary stock user with an API key, over JSON-2.

Whatever he sends, with whatever context, the server answers with the sentence that says what is
wrong, the database stays as it was, and the attempt is in the evidence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

if TYPE_CHECKING:
    from conftest import Client, Live

LONG_AGO = "2020-01-01 00:00:00"
LATER = "2035-01-01 00:00:00"
# What of the world an attempt could have changed.
WATCHED = (
    "stock_picking",
    "stock_move",
    "stock_move_line",
    "stock_quant",
    "stock_lot",
    "stock_package",
    "stock_package_history",
    "stock_scrap",
    "med_gate_policy",
    "med_gate_override",
    "med_evidence_signature",
    "med_evidence_seal",
    "med_evidence_leaf",
)
FORGED: tuple[Any, ...] = (True, "object", {"only_released": False, "after": None}, [1], 1)
KEYS = (
    "skip_expired",
    "skip_sanity_check",
    "skip_backorder",
    "skip_immediate",
    "skip_sms",
    "cancel_backorder",
    "tracking_disable",
    "mail_notrack",
    "import_file",
    "install_mode",
    "inventory_mode",
    "is_scrap",
    "ignore_dest_packages",
    "bypass_entire_pack",
    "med_gate_off",
    "med_status_token",
    "med_evidence_append",
    "med_reserve_terms",
)
ANSWERED = {"skip_sms": True, "skip_backorder": True}

Step = Callable[[], Any]
Attempt = Callable[["Desk"], Step]
ATTEMPTS: dict[str, tuple[Attempt, set[str]]] = {}


def attempt(*rules: str) -> Callable[[Attempt], Attempt]:
    """Register a way round and the rules that refuse it."""

    def register(function: Attempt) -> Attempt:
        ATTEMPTS[function.__name__] = (function, set(rules))
        return function

    return register


class Desk:
    """Prepares with the administrator's key, acts with the picker's."""

    def __init__(self, live: Live) -> None:
        self.live, self.ids = live, live.ids
        self.admin, self.picker, self.quality = live.admin, live.picker, live.quality

    def line(self, lot: str, picking: int | bool, quantity: float = 1, to: str = "customers") -> dict[str, Any]:
        return {
            "product_id": self.ids["device"],
            "lot_id": self.ids[lot],
            "quantity": quantity,
            "location_id": self.ids["stock"],
            "location_dest_id": self.ids[to],
            "picking_id": picking,
        }

    def move(self, picking: int | bool, quantity: float = 1, to: str = "customers", **values: Any) -> dict[str, Any]:
        return {
            "product_id": self.ids["device"],
            "product_uom_qty": quantity,
            "location_id": self.ids["stock"],
            "location_dest_id": self.ids[to],
            "picking_id": picking,
            **values,
        }

    def delivery(self, lot: str, quantity: float = 1, to: str = "customers") -> int:
        """A delivery of one lot, counted and ready to validate."""
        picking = self.admin.create(
            "stock.picking",
            picking_type_id=self.ids["deliveries" if to == "customers" else "transfers"],
            partner_id=self.ids["hospital"],
            location_id=self.ids["stock"],
            location_dest_id=self.ids[to],
        )
        lines = [[0, 0, self.line(lot, picking, quantity, to)]]
        move = self.admin.create("stock.move", **self.move(picking, quantity, to, move_line_ids=lines))
        self.admin.call("stock.picking", "action_confirm", [picking])
        self.admin.call("stock.move", "write", [move], vals={"picked": True})
        return picking

    def shipped(self, **values: Any) -> dict[str, int]:
        """A delivery of the good lot that has left: its ids."""
        picking = self.delivery("good", 2)
        if values:
            self.admin.call("stock.move.line", "write", self.parts(picking, "move_line_ids"), vals=values)
        self.validate(picking)
        assert self.admin.read("stock.picking", picking, "state") == "done"
        (move,), (line,) = self.parts(picking, "move_ids"), self.parts(picking, "move_line_ids")
        return {"picking": picking, "move": move, "line": line}

    def parts(self, picking: int, field: str) -> list[int]:
        return self.admin.read("stock.picking", picking, field)

    def validate(self, picking: int, **context: Any) -> Any:
        return self.picker.call("stock.picking", "button_validate", [picking], context={**ANSWERED, **context})

    def quant(self, lot: str) -> int:
        domain = [
            ["lot_id", "=", self.ids[lot]],
            ["location_id", "=", self.ids["stock"]],
            ["package_id", "=", False],
        ]
        (quant,) = self.admin.call("stock.quant", "search", domain=domain)
        return quant

    def write(self, model: str, record: int, **vals: Any) -> Step:
        return lambda: self.picker.call(model, "write", [record], vals=vals)

    def create(self, model: str, context: dict[str, Any] | None = None, **vals: Any) -> Step:
        return lambda: self.picker.call(model, "create", vals_list=[vals], context=context or {})

    def load(self, model: str, **row: Any) -> Step:
        """An import of one row; it answers with messages instead of an error."""

        def act() -> None:
            answer = self.picker.call(
                model,
                "load",
                fields=list(row),
                data=[[str(v) for v in row.values()]],
                context={"import_file": True},
            )
            if answer["ids"] is False:
                messages = " ".join(message["message"] for message in answer["messages"])
                self.live.refuse(messages)

        return act

    def fingerprint(self) -> dict[str, str]:
        """One hash per watched table, over every column of every row."""
        prints = {}
        for table in WATCHED:
            # the names are constants of this file
            rows = self.live.query(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            prints[table] = rows[0][0]
        return prints

    def last_event(self) -> int:
        return self.live.query("SELECT coalesce(max(id), 0) FROM med_evidence_event")[0][0]

    def events_since(self, event: int) -> list[tuple[str, str, dict[str, Any]]]:
        rows = self.live.query("SELECT kind, user_name, body FROM med_evidence_event WHERE id > %s ORDER BY id", event)
        return [(kind, user, json.loads(body)) for kind, user, body in rows]


# Shipping what must not leave ----------------------------------------------------------------


@attempt("expired")
def validate_an_expired_lot(desk: Desk) -> Step:
    picking = desk.delivery("expired")
    return lambda: desk.validate(picking)


@attempt("expired")
def validate_with_every_context_key(desk: Desk) -> Step:
    picking = desk.delivery("expired")
    return lambda: desk.validate(picking, **dict.fromkeys(KEYS, True))


@attempt("lot_not_released")
def validate_a_quarantined_lot(desk: Desk) -> Step:
    picking = desk.delivery("quarantined")
    return lambda: desk.validate(picking, skip_expired=True)


@attempt("expired")
def validate_through_the_expiry_wizard(desk: Desk) -> Step:
    picking = desk.delivery("expired")
    context = {
        **ANSWERED,
        "button_validate_picking_ids": [picking],
        "default_lot_ids": [[6, 0, [desk.ids["expired"]]]],
    }
    wizard = desk.picker.call(
        "expiry.picking.confirmation",
        "create",
        vals_list=[{"picking_ids": [[4, picking]]}],
        context=context,
    )
    return lambda: desk.picker.call("expiry.picking.confirmation", "process", wizard, context=context)


@attempt("expired")
def validate_through_the_backorder_wizard(desk: Desk) -> Step:
    picking = desk.delivery("expired", 2)
    desk.admin.call("stock.move.line", "write", desk.parts(picking, "move_line_ids"), vals={"quantity": 1})
    context = {"skip_sms": True, "skip_expired": True, "button_validate_picking_ids": [picking]}
    choice = {"picking_id": picking, "to_backorder": True}
    vals = {"pick_ids": [[4, picking]], "backorder_confirmation_line_ids": [[0, 0, choice]]}
    wizard = desk.picker.call("stock.backorder.confirmation", "create", vals_list=[vals], context=context)
    return lambda: desk.picker.call("stock.backorder.confirmation", "process", wizard, context=context)


@attempt("expired")
def swap_the_lot_before_validating(desk: Desk) -> Step:
    picking = desk.delivery("good")
    desk.picker.call(
        "stock.move.line",
        "write",
        desk.parts(picking, "move_line_ids"),
        vals={"lot_id": desk.ids["expired"]},
    )
    return lambda: desk.validate(picking, skip_expired=True)


@attempt("expired")
def redirect_the_line_of_an_internal_transfer(desk: Desk) -> Step:
    picking = desk.delivery("expired", to="shelf")
    lines = desk.parts(picking, "move_line_ids")
    desk.picker.call("stock.move.line", "write", lines, vals={"location_dest_id": desk.ids["customers"]})
    return lambda: desk.validate(picking, skip_expired=True)


@attempt("expired")
def finish_a_batch(desk: Desk) -> Step:
    pickings = [desk.delivery("good"), desk.delivery("expired")]
    batch = desk.admin.create(
        "stock.picking.batch",
        picking_ids=[[6, 0, pickings]],
        picking_type_id=desk.ids["deliveries"],
    )
    desk.admin.call("stock.picking.batch", "action_confirm", [batch])
    context = {**ANSWERED, "skip_expired": True}
    return lambda: desk.picker.call("stock.picking.batch", "action_done", [batch], context=context)


@attempt("licence_invalid", "no_picking")
def write_the_lots_location(desk: Desk) -> Step:
    return desk.write("stock.lot", desk.ids["single"], location_id=desk.ids["customers"])


@attempt("licence_invalid", "no_picking")
def write_the_packages_location(desk: Desk) -> Step:
    return desk.write("stock.package", desk.ids["box"], location_id=desk.ids["customers"])


@attempt("licence_invalid", "no_picking")
def count_goods_into_the_customers_location(desk: Desk) -> Step:
    return desk.create(
        "stock.quant",
        {"inventory_mode": True},
        product_id=desk.ids["device"],
        lot_id=desk.ids["good"],
        location_id=desk.ids["customers"],
        inventory_quantity_auto_apply=5,
    )


@attempt("expired", "licence_invalid", "no_picking")
def scrap_into_the_customers_location(desk: Desk) -> Step:
    scrap = desk.admin.create(
        "stock.scrap",
        product_id=desk.ids["device"],
        lot_id=desk.ids["expired"],
        scrap_qty=1,
        location_id=desk.ids["stock"],
        scrap_location_id=desk.ids["customers"],
    )
    return lambda: desk.picker.call("stock.scrap", "action_validate", [scrap])


# Rewriting what was shipped ------------------------------------------------------------------

LINE_CHANGES: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "lot": lambda desk: {"lot_id": desk.ids["expired"]},
    "quant": lambda desk: {"quant_id": desk.quant("expired")},
    "quantity": lambda desk: {"quantity": 0},
    "quantity_in_the_products_unit": lambda desk: {"quantity_product_uom": 1},
    "destination": lambda desk: {"location_dest_id": desk.ids["shelf"]},
    "owner": lambda desk: {"owner_id": desk.ids["other"]},
    "package": lambda desk: {"result_package_id": desk.ids["empty_box"]},
    "date": lambda desk: {"date": LONG_AGO},
    "date_beside_the_quantity": lambda desk: {"date": LONG_AGO, "quantity": 2},
    "state": lambda desk: {"state": "assigned"},
}
MOVE_CHANGES: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "quantity": lambda desk: {"quantity": 4},
    "state": lambda desk: {"state": "draft"},
    "date": lambda desk: {"date": LONG_AGO},
    "destination": lambda desk: {"location_dest_id": desk.ids["shelf"]},
    "destination_beside_the_state": lambda desk: {
        "state": "done",
        "location_dest_id": desk.ids["shelf"],
    },
    "date_beside_the_state": lambda desk: {"state": "done", "date": LONG_AGO},
    "transfer": lambda desk: {"picking_id": False},
    "being_a_count": lambda desk: {"is_inventory": True},
}
PICKING_CHANGES: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "consignee": lambda desk: {"partner_id": desk.ids["other"]},
    "consignee_beside_the_state": lambda desk: {"state": "done", "partner_id": desk.ids["other"]},
    "date": lambda desk: {"date_done": LONG_AGO},
    "state": lambda desk: {"state": "draft"},
    "name": lambda desk: {"name": "WH/OUT/99999"},
}
CHANGES = {"line": LINE_CHANGES, "move": MOVE_CHANGES, "picking": PICKING_CHANGES}
MODELS = {"line": "stock.move.line", "move": "stock.move", "picking": "stock.picking"}


def _change(part: str, values: Callable[[Desk], dict[str, Any]]) -> Attempt:
    return lambda desk: desk.write(MODELS[part], desk.shipped()[part], **values(desk))


for _part, _changes in CHANGES.items():
    for _name, _values in _changes.items():
        ATTEMPTS[f"change_the_{_name}_of_a_done_{_part}"] = (
            _change(_part, _values),
            {"history_edit"},
        )


@attempt("history_edit")
def add_a_line_to_a_done_move(desk: Desk) -> Step:
    done = desk.shipped()
    return desk.create("stock.move.line", move_id=done["move"], **desk.line("expired", done["picking"]))


@attempt("state_write")
def add_a_line_to_a_done_picking(desk: Desk) -> Step:
    return desk.create("stock.move.line", **desk.line("expired", desk.shipped()["picking"]))


@attempt("history_edit")
def import_a_line_into_a_done_move(desk: Desk) -> Step:
    done = desk.shipped()
    vals = desk.line("expired", done["picking"])
    row = {f"{name}/.id" if name.endswith("_id") else name: value for name, value in vals.items()}
    return desk.load("stock.move.line", **{"move_id/.id": done["move"]}, **row)


@attempt("history_edit")
def change_a_done_line_through_its_picking(desk: Desk) -> Step:
    done = desk.shipped()
    return desk.write("stock.picking", done["picking"], move_line_ids=[[1, done["line"], {"quantity": 1}]])


@attempt("history_edit")
def rename_a_shipped_package(desk: Desk) -> Step:
    box = desk.admin.create("stock.package", name="SHIPPED-BOX")
    desk.shipped(result_package_id=box)
    return desk.write("stock.package", box, name="OTHER-BOX")


@attempt("lot_identity")
def rename_a_shipped_lot(desk: Desk) -> Step:
    desk.shipped()
    return desk.write("stock.lot", desk.ids["good"], name="OTHER")


@attempt("lot_identity")
def prolong_a_shipped_lot(desk: Desk) -> Step:
    desk.shipped()
    return desk.write("stock.lot", desk.ids["good"], expiration_date=LATER)


# Done without moving -------------------------------------------------------------------------


@attempt("state_write")
def write_the_moves_state(desk: Desk) -> Step:
    return desk.write("stock.move", desk.parts(desk.delivery("expired"), "move_ids")[0], state="done")


@attempt("state_write")
def write_the_pickings_state(desk: Desk) -> Step:
    return desk.write("stock.picking", desk.delivery("expired"), state="done")


@attempt("state_write")
def write_the_lines_state(desk: Desk) -> Step:
    return desk.write("stock.move.line", desk.parts(desk.delivery("expired"), "move_line_ids")[0], state="done")


@attempt("history_edit")
def create_a_done_move_with_lines(desk: Desk) -> Step:
    picking = desk.delivery("expired")
    return desk.create(
        "stock.move",
        **desk.move(picking, state="done", move_line_ids=[[0, 0, desk.line("expired", picking)]]),
    )


# Stock from nothing --------------------------------------------------------------------------


@attempt("quant_write")
def write_the_quantity_of_a_quant(desk: Desk) -> Step:
    return desk.write("stock.quant", desk.quant("good"), quantity=1)


@attempt("quant_write")
def write_the_reservation_of_a_quant(desk: Desk) -> Step:
    return desk.write("stock.quant", desk.quant("good"), reserved_quantity=0.5)


@attempt("quant_write")
def write_a_quant_through_its_lot(desk: Desk) -> Step:
    return desk.write("stock.lot", desk.ids["good"], quant_ids=[[1, desk.quant("good"), {"quantity": 1}]])


@attempt("quant_write")
def create_a_quant(desk: Desk) -> Step:
    return desk.create("stock.quant", **_seven(desk))


@attempt("quant_write")
def create_a_quant_in_inventory_mode(desk: Desk) -> Step:
    return desk.create("stock.quant", {"inventory_mode": True}, **_seven(desk))


@attempt("quant_write")
def import_a_quant(desk: Desk) -> Step:
    return desk.load(
        "stock.quant",
        **{
            "product_id/.id": desk.ids["device"],
            "lot_id/.id": desk.ids["good"],
            "location_id/.id": desk.ids["shelf"],
            "quantity": 7,
        },
    )


def _seven(desk: Desk) -> dict[str, Any]:
    names = {"product_id": "device", "lot_id": "good", "location_id": "shelf"}
    return {**{field: desk.ids[name] for field, name in names.items()}, "quantity": 7}


# The law -------------------------------------------------------------------------------------


@pytest.fixture
def desk(live: Live) -> Desk:
    return Desk(live)


def is_sentence(message: str) -> bool:
    """Says something to a person: words, a full stop, no program's nothing."""
    words = message.split()
    return len(words) > 4 and "." in message and not {"False", "None"} & set(words) and "Traceback" not in message


@pytest.mark.parametrize("name", ATTEMPTS)
def test_the_attempt_is_refused_said_and_recorded_and_changes_nothing(desk: Desk, name: str) -> None:
    function, rules = ATTEMPTS[name]
    act = function(desk)
    before, seen = desk.fingerprint(), desk.last_event()
    refusal = desk.live.refused(act)
    assert refusal.name.endswith("GateRefusedError"), refusal
    assert refusal.status == 422
    assert is_sentence(refusal.message), refusal.message
    assert desk.fingerprint() == before
    events = desk.events_since(seen)
    assert {(kind, user) for kind, user, _body in events} == {("gate.refused", "Picker")}
    assert {finding["rule"] for _kind, _user, body in events for finding in body["findings"]} == rules


PRIVATE = (
    ("stock.picking", "_action_done"),
    ("stock.move", "_action_done"),
    ("stock.move.line", "_action_done"),
    ("stock.quant", "_update_available_quantity"),
    ("stock.lot", "_med_set_status"),
    ("stock.lot", "_sign"),
    ("med.gate.override", "_med_write"),
    ("med.gate.override", "_use"),
    ("med.evidence.event", "_record"),
    ("med.evidence.event", "_append"),
    ("med.evidence.signature", "_append_signature"),
    ("med.evidence.seal", "_seal"),
)


@pytest.mark.parametrize(("model", "method"), PRIVATE)
def test_no_client_calls_a_private_method(desk: Desk, model: str, method: str) -> None:
    """Not even the administrator's."""
    for client in (desk.picker, desk.admin):
        refusal = desk.live.refused(lambda client=client: client.call(model, method, [1]))
        assert refusal.name.endswith("AccessError"), refusal


@pytest.mark.parametrize("token", FORGED, ids=repr)
def test_no_client_forges_a_release(desk: Desk, token: Any) -> None:
    """The status of a lot changes by signature; no word in a context replaces it."""
    before, context = desk.fingerprint(), {"med_status_token": token}
    released = {"med_status": "released"}
    new = {"name": f"FORGED-{token}", "product_id": desk.ids["device"], **released}
    for client in (desk.picker, desk.quality, desk.admin):
        for step in (
            lambda client=client: client.call(
                "stock.lot", "write", [desk.ids["quarantined"]], vals=released, context=context
            ),
            lambda client=client: client.call("stock.lot", "create", vals_list=[new], context=context),
        ):
            refusal = desk.live.refused(step)
            assert refusal.name.endswith("UserError"), refusal
            assert is_sentence(refusal.message)
    assert desk.fingerprint() == before


EVIDENCE = ("med.evidence.event", "med.evidence.seal", "med.evidence.signature")


@pytest.mark.parametrize("model", EVIDENCE)
@pytest.mark.parametrize("token", FORGED, ids=repr)
def test_no_client_writes_evidence(desk: Desk, model: str, token: Any) -> None:
    """Nobody adds, changes or deletes events, seals and signatures; not the administrator."""
    before, seen, context = desk.fingerprint(), desk.last_event(), {"med_evidence_append": token}
    vals = {"kind": "lot.status", "body": "{}"} if model == "med.evidence.event" else {"res_model": "stock.lot"}
    for client in (desk.picker, desk.admin):
        for step in (
            lambda client=client: client.call(model, "create", vals_list=[vals], context=context),
            lambda client=client: client.call(model, "write", [1], vals=vals, context=context),
            lambda client=client: client.call(model, "unlink", [1], context=context),
        ):
            assert desk.live.refused(step).name.endswith("AccessError")
    assert (desk.fingerprint(), desk.last_event()) == (before, seen)


def test_no_client_adds_a_signature_through_the_signed_record(desk: Desk) -> None:
    vals = {"signature_ids": [[0, 0, {"meaning": "release", "user_name": "Quality"}]]}
    refusal = desk.live.refused(lambda: desk.picker.call("stock.lot", "write", [desk.ids["quarantined"]], vals=vals))
    assert refusal.name.endswith("AccessError")


def test_the_log_is_sealed_against_the_database_user_too(desk: Desk) -> None:
    """Not a client any more: the very role that owns the tables is refused by them."""
    desk.shipped()
    for statement in (
        "UPDATE med_evidence_event SET body = '{}'",
        "DELETE FROM med_evidence_event",
    ):
        with (
            pytest.raises(psycopg2.errors.InsufficientPrivilege),
            desk.live.connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_stock_user_neither_changes_nor_deletes_policies(desk: Desk) -> None:
    before = desk.fingerprint()
    policies = desk.admin.call("med.gate.policy", "search", domain=[])
    for method, arguments in (
        ("write", {"vals": {"effect": "warn"}}),
        ("unlink", {}),
        ("action_archive", {}),
    ):
        refusal = desk.live.refused(lambda m=method, a=arguments: desk.picker.call("med.gate.policy", m, policies, **a))
        assert refusal.name.endswith("AccessError"), refusal
    vals = {"rule": "expired", "effect": "off", "date_from": "2024-01-01"}
    assert desk.live.refused(lambda: desk.picker.create("med.gate.policy", **vals)).name.endswith("AccessError")
    assert desk.fingerprint() == before


def test_nobody_deletes_policies(desk: Desk) -> None:
    """Quality archives them, which is evidence; the record of what was in force stays."""
    policies = desk.admin.call("med.gate.policy", "search", domain=[])
    for client in (desk.quality, desk.admin):
        refusal = desk.live.refused(lambda client=client: client.call("med.gate.policy", "unlink", policies[:1]))
        assert refusal.name.endswith(("AccessError", "UserError")), refusal


def test_nobody_signs_an_exception_by_writing_it(desk: Desk) -> None:
    picking = desk.delivery("expired")
    override = desk.picker.create(
        "med.gate.override",
        picking_id=picking,
        lot_id=desk.ids["expired"],
        rule="expired",
        quantity=1,
        reason="surgery today",
        valid_until=LATER,
    )
    assert desk.admin.read("med.gate.override", override, "state") == "requested"
    for client in (desk.picker, desk.quality, desk.admin):
        step = lambda client=client: client.call(  # noqa: E731
            "med.gate.override", "write", [override], vals={"valid_until": LATER}
        )
        assert desk.live.refused(step).name.endswith(("UserError", "AccessError"))
    assert desk.live.refused(lambda: desk.validate(picking)).name.endswith("GateRefusedError")


@pytest.mark.parametrize("terms", FORGED, ids=repr)
def test_forged_terms_reserve_nothing_expired(desk: Desk, terms: Any) -> None:
    """Only the expired lot of this product is on the shelf: so nothing can be reserved."""
    picking = desk.admin.create(
        "stock.picking",
        picking_type_id=desk.ids["deliveries"],
        partner_id=desk.ids["hospital"],
        location_id=desk.ids["stock"],
        location_dest_id=desk.ids["customers"],
        scheduled_date=LONG_AGO,
    )
    desk.admin.create("stock.move", **{**desk.move(picking), "product_id": desk.ids["second"], "date": LONG_AGO})
    desk.admin.call("stock.picking", "action_confirm", [picking])
    context = {"med_reserve_terms": terms, "with_expiration": False, "skip_expired": True}
    desk.picker.call("stock.picking", "action_assign", [picking], context=context)
    assert desk.parts(picking, "move_line_ids") == []


def test_a_good_lot_leaves_and_returns(desk: Desk) -> None:
    """The daily work of the same user, with mail and tracking as they really are."""
    seen, done = desk.last_event(), desk.shipped()
    assert [kind for kind, _user, _body in desk.events_since(seen) if kind.startswith("gate.")] == ["gate.passed"]
    context = {
        "active_id": done["picking"],
        "active_ids": [done["picking"]],
        "active_model": "stock.picking",
    }
    (wizard,) = desk.picker.call("stock.return.picking", "create", vals_list=[{}], context=context)
    lines = desk.picker.read("stock.return.picking", wizard, "product_return_moves")
    desk.picker.call("stock.return.picking.line", "write", lines, vals={"quantity": 1})
    action = desk.picker.call("stock.return.picking", "action_create_returns", [wizard], context=context)
    desk.validate(action["res_id"])
    assert desk.admin.read("stock.picking", action["res_id"], "state") == "done"


QUALITY = "quality of the warehouse"


def _dialog(client: Client, model: str, ids: list[int], meaning: str) -> int:
    """The signing dialog as a client opens it: it carries the fingerprints of what it shows."""
    context = {
        "default_res_model": model,
        "default_res_ids": ",".join(map(str, ids)),
        "default_meaning": meaning,
    }
    (dialog,) = client.call("med.evidence.sign", "create", vals_list=[{"reason": "inspected"}], context=context)
    return dialog


def _sign(client: Client, dialog: int, password: str = QUALITY) -> None:
    context = {"login": "live_quality", "password": password}
    client.call("med.evidence.sign", "action_sign", [dialog], context=context)


def test_a_lot_is_released_by_signature_over_the_wire(desk: Desk) -> None:
    """The signer's own password, sent with his own key, and nothing less."""
    lot = desk.admin.create("stock.lot", name="TO-RELEASE", product_id=desk.ids["device"], expiration_date=LATER)
    dialog = _dialog(desk.quality, "stock.lot", [lot], "release")
    assert desk.live.refused(lambda: _sign(desk.quality, dialog, "a guess")).name.endswith("RefusedError")
    assert desk.live.refused(lambda: _sign(desk.admin, dialog)).name.endswith(
        ("UserError", "AccessError", "RefusedError")
    )
    unseen = desk.quality.create("med.evidence.sign", res_model="stock.lot", res_ids=str(lot), meaning="release")
    assert "does not say what it showed" in desk.live.refused(lambda: _sign(desk.quality, unseen)).message
    assert desk.admin.read("stock.lot", lot, "med_status") == "quarantine"
    _sign(desk.quality, dialog)
    assert desk.admin.read("stock.lot", lot, "med_status") == "released"


SAMPLE = (
    "validate_an_expired_lot",
    "finish_a_batch",
    "write_the_packages_location",
    "change_the_lot_of_a_done_line",
    "change_the_consignee_of_a_done_picking",
    "change_the_consignee_beside_the_state_of_a_done_picking",
    "write_the_moves_state",
    "write_the_quantity_of_a_quant",
    "create_a_quant_in_inventory_mode",
    "rename_a_shipped_lot",
)


@pytest.fixture(scope="module")
def open_gate(live: Live) -> Iterator[dict[str, Step]]:
    """The sampled attempts, prepared; then quality puts every policy out of force over JSON-2, and
    back afterwards: each by a proposal that was replayed and signed, since nobody writes a policy."""
    desk = Desk(live)
    steps = {name: ATTEMPTS[name][0](desk) for name in SAMPLE}
    effects = dict.fromkeys(desk.admin.call("med.gate.policy", "search", domain=[]), "off")
    replaced = _change_policies(desk, effects)
    yield steps
    _change_policies(desk, dict.fromkeys(replaced, "block"))


def _change_policies(desk: Desk, effects: dict[int, str]) -> list[int]:
    fields = ["rule", "profile", *(f"at_{name}" for name in ("reserve", "scan", "review", "ship", "receive"))]
    policies = desk.admin.call("med.gate.policy", "read", list(effects), fields=fields)
    proposals = [
        {**policy, "effect": effects[policy["id"]], "policy_id": policy["id"], "note": "test"} for policy in policies
    ]
    for proposal in proposals:
        del proposal["id"]
    changes = desk.quality.call("med.gate.policy.change", "create", vals_list=proposals)
    for change in changes:
        desk.quality.call("med.gate.policy.change", "action_what_if", [change])
    _sign(desk.quality, _dialog(desk.quality, "med.gate.policy.change", changes, "change"))
    signed = desk.admin.call("med.gate.policy.change", "read", changes, fields=["new_policy_id"])
    return [change["new_policy_id"][0] for change in signed]


@pytest.mark.parametrize("name", SAMPLE)
def test_with_every_policy_out_of_force_odoo_does_as_told(desk: Desk, name: str, open_gate: dict[str, Step]) -> None:
    """So the refusals above are the gate's and not some mistake of the attempt."""
    before = desk.fingerprint()
    open_gate[name]()
    assert desk.fingerprint() != before
