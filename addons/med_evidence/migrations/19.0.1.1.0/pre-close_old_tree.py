"""19.0.1.1.0: leaves cover rows of every evidence table and seals are signed.

The tree of the version before is closed: its last root becomes an event, so it is a leaf of the
new tree, and the events themselves, untouched, are sealed anew."""

import json


def migrate(cr, version):
    if not version:
        return
    cr.execute("SELECT 1 FROM pg_attribute WHERE attrelid = 'med_evidence_leaf'::regclass AND attname = 'source'")
    if cr.rowcount:
        return
    cr.execute("SELECT tree_size, root_hash FROM med_evidence_seal ORDER BY tree_size DESC LIMIT 1")
    for size, root in cr.fetchall():
        body = json.dumps({"format": 1, "root": root, "tree_size": size}, sort_keys=True, separators=(",", ":"))
        cr.execute(
            "INSERT INTO med_evidence_event (user_id, user_name, kind, body)"
            " VALUES (1, 'System', 'evidence.format', %s)",
            [body],
        )
    cr.execute("DROP TABLE med_evidence_leaf")
    cr.execute("DROP TABLE med_evidence_seal")
