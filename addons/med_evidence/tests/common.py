"""The test kit of the suite's lowest floor; every addon's tests build on it."""

import json

from odoo.tests import TransactionCase, new_test_user

PASSWORD = "correct horse battery"


class EvidenceCase(TransactionCase):
    """Users, and the evidence that a test's own actions leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.auditor = cls._user("auditor", "med_evidence.group_med_auditor")

    @classmethod
    def _user(cls, name, groups, **values):
        """A user who can log in and sign with ``PASSWORD``."""
        return new_test_user(cls.env, f"t_{name}", groups=groups, password=PASSWORD, name=name.title(), **values)

    @property
    def credential(self):
        return {"type": "password", "password": PASSWORD}

    def events(self, kind, record=None):
        """The facts of the events of this kind (on this record), oldest first."""
        domain = [("kind", "=", kind)]
        if record is not None:
            domain += [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        return [json.loads(event.body) for event in self.env["med.evidence.event"].search(domain, order="id")]

    def committed_events(self, kind, record):
        """As ``events``, for what was written in a cursor of its own."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                "SELECT body FROM med_evidence_event WHERE kind = %s AND res_model = %s AND res_id = ANY(%s) ORDER BY id",
                [kind, record._name, record.ids],
            )
            return [json.loads(body) for (body,) in cr.fetchall()]
