"""Real processes that die at the worst moment: nothing is lost, nothing is sealed twice."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator

import pytest
from nursery import Installation, installation


@pytest.fixture(scope="module")
def place(
    options: dict[str, str],
    fresh_database: Callable[[str], contextlib.AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    with installation("faults", options, fresh_database, tmp_path_factory.mktemp("evidence")) as place:
        yield place


def test_killed_between_event_and_commit(place: Installation) -> None:
    """Nothing of it is there, and nothing is missed: it never happened."""
    place.kill_when_ready("Event._record('fault.uncommitted', [{'body': {}}])\nwait()")
    assert place.query("SELECT count(*) FROM med_evidence_event WHERE kind = 'fault.uncommitted'") == [(0,)]
    place.run("Seal._seal()")
    done = place.verify()
    assert done.returncode == 0, done.stderr


def test_killed_after_the_commit_before_it_was_noted(place: Installation) -> None:
    """The event is there and is sealed, although no file speaks of it."""
    place.kill_when_ready("Event._record('fault.committed', [{'body': {}}])\ncr._cnx.commit()\nwait()")
    assert int(place.run("print(Seal._seal())")) >= 1
    assert place.verify().returncode == 0


def test_killed_between_seal_and_commit(place: Installation) -> None:
    """The next sealer seals the same events, once."""
    place.run("Event._record('fault.seal', [{'body': {'n': n}} for n in range(5)])\ncr.commit()")
    sizes = place.query("SELECT max(tree_size), count(*) FROM med_evidence_seal")
    place.kill_when_ready(
        """
        with Seal._sealer() as sealer:
            assert sealer._seal_once(False) >= 5
            wait()
        """
    )
    assert place.query("SELECT max(tree_size), count(*) FROM med_evidence_seal") == sizes
    for _attempt in range(50):  # the server notices the death of its client a little later
        if int(place.run("print(Seal._seal())")) >= 5:
            break
        time.sleep(0.2)
    assert place.query("SELECT count(*) - count(DISTINCT (source, row_id)) FROM med_evidence_leaf") == [(0,)]
    assert place.query(
        "SELECT count(*) FROM med_evidence_event e JOIN med_evidence_leaf l ON l.row_id = e.id AND l.source = 'event'"
        " WHERE e.kind = 'fault.seal'"
    ) == [(5,)]
    assert place.verify().returncode == 0


def test_two_sealers_at_once(place: Installation) -> None:
    """One seals, the other goes home; together they have sealed everything once."""
    place.run("Event._record('fault.two', [{'body': {'n': n}} for n in range(3000)])\ncr.commit()")
    sealers = [place.start("print(Seal._seal())") for _ in range(3)]
    counts = []
    for sealer in sealers:
        done = sealer.done()
        assert done.returncode == 0, done.stderr
        counts.append(int(done.stdout))
    # a sealer that came after the other's commit may seal nothing, never the same again
    assert sum(counts) >= 3000
    assert place.query("SELECT count(*) - count(DISTINCT (source, row_id)) FROM med_evidence_leaf") == [(0,)]
    assert place.query("SELECT count(*) - max(leaf_index) - 1 FROM med_evidence_leaf") == [(0,)]
    assert place.verify().returncode == 0


def test_a_savepoint_that_is_rolled_back_is_no_loss(place: Installation) -> None:
    place.run(
        """
        Event._record('fault.kept', [{'body': {}}])
        try:
            with cr.savepoint():
                Event._record('fault.savepoint', [{'body': {}}])
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        cr.commit()
        """
    )
    done = place.verify()
    assert done.returncode == 0, done.stderr


def test_the_newest_event_is_deleted_before_its_seal(place: Installation) -> None:
    event_id = int(place.run("print(Event._record('fault.newest', [{'body': {}}])[0])\ncr.commit()"))
    assert place.verify().returncode == 0
    place.tamper(f"CREATE TABLE kept AS SELECT * FROM med_evidence_event WHERE id = {event_id}")
    place.tamper(f"DELETE FROM med_evidence_event WHERE id = {event_id}")
    done = place.verify_by_command()
    assert done.returncode == 1
    assert f"First bad event: {event_id}" in done.stderr
    # put back as it was, everything is good again
    place.query("ALTER TABLE med_evidence_event DISABLE TRIGGER USER")
    place.query("INSERT INTO med_evidence_event SELECT * FROM kept")
    place.query("ALTER TABLE med_evidence_event ENABLE TRIGGER USER")
    done = place.verify()
    assert done.returncode == 0, done.stderr


def test_the_clock_was_set_back(place: Installation) -> None:
    """The database has seen a later hour than now: that is on record, once, and no alarm."""
    place.query("ALTER TABLE med_evidence_event DISABLE TRIGGER USER")
    place.query(
        "INSERT INTO med_evidence_event (recorded_at, user_id, user_name, kind, body)"
        " VALUES (now() AT TIME ZONE 'UTC' + interval '3 hours', 1, 'x', 'fault.future', '{}')"
    )
    place.query("ALTER TABLE med_evidence_event ENABLE TRIGGER USER")
    place.run("Seal._seal()")
    place.run("Event._record('fault.now', [{'body': {}}])\ncr.commit()\nSeal._seal()\nSeal._seal()")
    rows = place.query("SELECT body FROM med_evidence_event WHERE kind = 'clock.deviation'")
    (body,) = [json.loads(body) for (body,) in rows]
    assert body["what"] == "set_back"
    assert 10_700 < body["seconds"] <= 10_800
    assert place.verify().returncode == 0


def test_the_key_is_missing_and_a_new_one_is_made(place: Installation) -> None:
    """Sealing goes on unsigned, somebody is told, verification names it; a new key ends it."""
    (key,) = place.folder.glob("key-*.pem")
    assert key.stat().st_mode & 0o777 == 0o600
    key.rename(key.with_suffix(".lost"))
    place.run("Event._record('fault.key', [{'body': {}}])\ncr.commit()\nSeal._seal()")
    assert place.query("SELECT count(*) FROM med_evidence_event WHERE kind = 'evidence.key_missing'") == [(1,)]
    assert place.query("SELECT count(*) FROM mail_activity WHERE res_model = 'med.evidence.verification'") != [(0,)]
    done = place.verify()
    assert done.returncode == 1
    assert "has no signature" in done.stderr
    place.run("env['med.evidence.key']._rotate('lost')\ncr.commit()\nSeal._seal()")
    done = place.verify()
    assert done.returncode == 0, done.stderr


def test_a_key_that_others_may_read_is_not_used(place: Installation) -> None:
    (key,) = place.folder.glob("key-*.pem")
    os.chmod(key, 0o644)
    try:
        out = place.run("K = env['med.evidence.key']\nprint(K._problem_sentence(K._private()[1]))")
        assert "0600" in out
    finally:
        os.chmod(key, 0o600)


def test_an_older_database_is_put_in_place_and_accepted(place: Installation) -> None:
    """The notes know of a seal that the database has forgotten; accepting it takes a reason."""
    (log,) = place.folder.glob("seals-*.log")
    size = place.query("SELECT max(tree_size) FROM med_evidence_seal")[0][0]
    with log.open("a") as file:
        file.write(json.dumps({"tree_size": size + 9, "hash": "0" * 64, "sealed_at": "2026-01-01"}) + "\n")
    done = place.verify()
    assert done.returncode == 1
    assert "older state" in done.stderr
    place.run("Seal._accept_restore('restored after a disk failure')\ncr.commit()\nSeal._seal()")
    assert place.verify().returncode == 0
    assert list(place.folder.glob("seals-*.before-*"))
