"""The data dictionary: what every regulated field means, who owns it, where it comes from.

Label, type, choices and limits are read from the field itself; what code cannot know is declared
here, in both languages, since the dictionary is handed to people without a client. A floor above
adds the fields it adds with :func:`register`. A test of each addon compares the registry with the
fields that exist: none may be missing, and none may be told that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Who answers for a field, and where its content comes from: code -> (English, Chinese).
OWNERS: Mapping[str, tuple[str, str]] = {
    "quality": ("Quality", "质量管理"),
    "head": ("Quality head", "质量负责人"),
    "purchasing": ("Purchasing or quality", "采购或质量管理"),
    "sales": ("Quality, told by sales", "质量管理（由销售提供）"),
    "warehouse": ("Warehouse, at receipt", "仓库（收货时）"),
    "system": ("System", "系统"),
}
SOURCES: Mapping[str, tuple[str, str]] = {
    "certificate": ("Registration or filing certificate", "注册证或备案凭证"),
    "licence": ("Licence or filing of the partner", "往来单位的许可证或备案凭证"),
    "label": ("Label of the device", "器械标签"),
    "udid": ("UDI database, label", "UDI 数据库、标签"),
    "ifu": ("Label, instructions for use", "标签、说明书"),
    "letter": ("Authorisation letter", "授权书"),
    "agreement": ("Agreement with the partner", "与往来单位的协议"),
    "note": ("Delivery note of the supplier", "供货者随货同行单"),
    "law": ("Notice of the authority", "监管部门公告"),
    "decision": ("Decision of a person, signed", "人员决定（已签名）"),
    "entry": ("Entered by hand", "人工录入"),
    "computed": ("Derived by the system", "系统生成"),
}


@dataclass(frozen=True, slots=True)
class Term:
    model: str
    field: str
    meaning: str
    meaning_zh: str
    owner: str = "quality"
    source: str = "entry"
    example: str = ""
    """As it is written in either language."""
    format: str = ""
    format_zh: str = ""
    """Where the type of the field does not say enough."""


class UnknownWordError(ValueError):
    """A term names an owner or a source that has no words."""


_TERMS: dict[tuple[str, str], Term] = {}


def register(terms: Iterable[Term]) -> None:
    """Add terms; registering the same again changes nothing.

    :raises UnknownWordError: an owner or source without words
    """
    for term in terms:
        if term.owner not in OWNERS or term.source not in SOURCES:
            raise UnknownWordError(f"{term.model}.{term.field}: {term.owner}, {term.source}")
        _TERMS[term.model, term.field] = term


def terms() -> tuple[Term, ...]:
    """Every term, in the order of registration."""
    return tuple(_TERMS.values())


def of_model(model: str) -> dict[str, Term]:
    return {field: term for (owner, field), term in _TERMS.items() if owner == model}
