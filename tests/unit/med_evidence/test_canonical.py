from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_evidence.lib import canonical

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_key_order_and_blanks_do_not_matter() -> None:
    assert canonical.dumps({"b": 1, "a": ["批号", None]}) == '{"a":["\\u6279\\u53f7",null],"b":1}'


@given(st.dictionaries(st.text(), json_values))
def test_equal_facts_have_equal_text(facts: dict[str, object]) -> None:
    shuffled = dict(reversed(list(facts.items())))
    assert canonical.dumps(facts) == canonical.dumps(shuffled)


@pytest.mark.parametrize("value", [1.5, {"a": [1, 2.0]}, {1: "a"}, {"a": b"x"}, {"a": Decimal(1)}])
def test_what_has_two_spellings_is_refused(value: object) -> None:
    with pytest.raises(canonical.NotCanonicalError):
        canonical.dumps(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.5, "2.5"),
        (Decimal("2.500"), "2.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (10, "10"),
        (1e-7, "0"),
        (0.1, "0.1"),
    ],
)
def test_a_quantity_has_one_spelling(value: float, text: str) -> None:
    assert canonical.quantity(value) == text
