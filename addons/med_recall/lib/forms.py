"""Which questions an authority asks about a recall, in its order.

A form is a list of items. An item is a code, stable for machines, and the name of a fact that answers
it; ``None`` where only a person can. The words of the questions are the model's, in the language of
the authority.

Sources: China: RECALL (CFDA order 29 of 2017) 15-17, 20, 22 and its annexes; United States: 21 CFR
806.10(c) items 1 to 13, 7.53(b) items 1 to 6, 7.55; European Union: MDR 87, 89(8) and the fields of
the field safety corrective action report.
"""

from typing import NamedTuple


class Item(NamedTuple):
    code: str
    fact: str | None
    # may be sent empty
    optional: bool = False


STAGES = ("initial", "progress", "final")

# {stage: the deadline that is met when the report is sent}
DEADLINES = {"initial": ("authority", "plan"), "progress": ("status",), "final": ("summary",)}

_CN_HEAD = (
    Item("product", "products"),
    Item("certificate", "certificates"),
    Item("registrant", "registrants"),
    Item("agent", None, optional=True),
    Item("contact", "contact"),
)
_CN_FOOT = (Item("reporting_unit", "company"), Item("reporter", "reporter"), Item("report_date", "today"))
_RESULT = (
    Item("notified", "notified"),
    Item("answered", "answered"),
    Item("silent", "silent", optional=True),
    Item("returned", "accounted"),
    Item("unaccounted", "unaccounted"),
    Item("checks", "checks", optional=True),
)
_EU_HEAD = (
    Item("reference", "reference"),
    Item("submitter", "company"),
    Item("contact", "contact"),
    Item("manufacturer", "registrants"),
    Item("srn", None, optional=True),
    Item("device", "products"),
    Item("class", "classes"),
    Item("udi", "identifiers"),
    Item("models", "models"),
    Item("lots", "lots"),
)

FORMS: dict[tuple[str, str], tuple[Item, ...]] = {
    ("cn", "initial"): (
        *_CN_HEAD,
        Item("intended_use", None),
        Item("regions", "regions"),
        Item("models", "models"),
        Item("lots", "lots"),
        Item("made", None),
        Item("sold", "delivered"),
        Item("udi", "identifiers", optional=True),
        Item("level", "level"),
        Item("reason", "reason"),
        Item("action", "action"),
        *_CN_FOOT,
    ),
    ("cn", "progress"): (
        *_CN_HEAD,
        Item("models", "models"),
        Item("lots", "lots"),
        Item("level", "level"),
        Item("to_recall", "delivered"),
        *_RESULT,
        Item("handling", "handling"),
        Item("next_steps", None),
        *_CN_FOOT,
    ),
    ("cn", "final"): (
        *_CN_HEAD,
        Item("models", "models"),
        Item("lots", "lots"),
        Item("level", "level"),
        Item("reason", "reason"),
        Item("to_recall", "delivered"),
        *_RESULT,
        Item("handling", "handling"),
        Item("prevention", None),
        Item("evaluation", None),
        *_CN_FOOT,
    ),
    ("us", "initial"): (
        Item("report_number", "reference"),
        Item("firm", "company"),
        Item("device", "products"),
        Item("marketing", None),
        Item("udi", "identifiers"),
        Item("lots", "lots"),
        Item("manufacturer", "registrants"),
        Item("event", "reason"),
        Item("action", "action"),
        Item("injuries", None),
        Item("count", "delivered"),
        Item("dates", "dates"),
        Item("consignees", "consignees"),
        Item("communications", "letter"),
        Item("pending", None, optional=True),
    ),
    ("us", "progress"): (
        Item("reference", "reference"),
        Item("notified", "notified"),
        Item("answered", "answered"),
        Item("silent", "silent", optional=True),
        Item("returned", "accounted"),
        Item("checks", "checks", optional=True),
        Item("completion", "completion"),
    ),
    ("us", "final"): (
        Item("reference", "reference"),
        Item("device", "products"),
        Item("lots", "lots"),
        *_RESULT,
        Item("handling", "handling"),
        Item("prevention", None),
    ),
    ("eu", "initial"): (
        *_EU_HEAD,
        Item("reason", "reason"),
        Item("justification", None),
        Item("advice", "action"),
        Item("schedule", "completion"),
        Item("regions", "regions"),
        Item("count", "delivered"),
        Item("communications", "letter"),
    ),
    ("eu", "progress"): (*_EU_HEAD, *_RESULT, Item("schedule", "completion"), Item("next_steps", None)),
    ("eu", "final"): (*_EU_HEAD, *_RESULT, Item("handling", "handling"), Item("evaluation", None)),
}


def form(jurisdiction: str, stage: str) -> tuple[Item, ...]:
    """The items of a form.

    :raises KeyError: there is none
    """
    return FORMS[jurisdiction, stage]
