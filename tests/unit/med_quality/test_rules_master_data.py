"""The dossier of the product: there is a fact only where the score is below the threshold."""

import pytest
from line_kit import LINE, line
from med_quality.lib.rules_master_data import FACT, master_data_incomplete

TABLE = [
    ("complete: no fact", LINE, None),
    ("a little below", line(extra={FACT: 79}), "below"),
    ("nothing filled in is a score as well", line(extra={FACT: 0}), "below"),
    ("read as something else", line(extra={FACT: "?"}), "below"),
    ("below, no lot", line(extra={FACT: 79}, lot=None), "below"),
    ("below, into a product", line(extra={FACT: 79}, destination="production"), "below"),
    ("below, to another company", line(extra={FACT: 79}, destination="transit"), "below"),
    ("below, within the house", line(extra={FACT: 79}, destination="internal"), None),
    ("below, back to the supplier", line(extra={FACT: 79}, destination="supplier"), None),
    ("below, counted away", line(extra={FACT: 79}, destination="inventory"), None),
]


@pytest.mark.parametrize(("what", "facts", "problem"), TABLE, ids=lambda v: v if isinstance(v, str) else "")
def test_table(what, facts, problem):
    finding = master_data_incomplete(facts)
    assert (finding and finding.problem) == problem
    if finding:
        assert finding.params == {"score": facts.extra[FACT]}
