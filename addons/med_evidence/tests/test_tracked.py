"""What happened to the fields of a record, why, and who looked."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..exceptions import ReasonRequiredError
from .paper import PaperCase


@tagged("post_install", "-at_install")
class TestTracked(PaperCase):
    def _policy(self, model, fields=(), **values):
        paper = self.env["ir.model"]._get("med.test.paper")
        ids = [self.env["ir.model.fields"]._get("med.test.paper", name).id for name in fields]
        return self.env[model].create({"model_id": paper.id, "field_ids": [Command.set(ids)], **values})

    def last(self, kind="record.changed", record=None):
        return self.events(kind, record or self.paper)[-1]

    def test_tracked_fields_leave_events_with_old_and_new_values(self):
        partner = self.env.company.partner_id
        self.assertEqual(self.events("record.created", self.paper), [{"new": {"name": "Order 7"}}])
        self.paper.write({"name": "Order 8", "note": "untracked", "weight": 2.5})
        self.paper.write({"note": "still untracked"})
        self.paper.write({"owner_id": partner.id, "name": "Order 8"})
        self.assertEqual(
            self.events("record.changed", self.paper),
            [
                {
                    "old": {"name": "Order 7", "weight": "0"},
                    "new": {"name": "Order 8", "weight": "2.5"},
                },
                {
                    "old": {"owner_id": []},
                    "new": {"owner_id": [[partner.id, partner.display_name]]},
                },
            ],
        )
        paper_id = self.paper.id
        self.paper.unlink()
        event = self.env["med.evidence.event"].search([("kind", "=", "record.deleted"), ("res_id", "=", paper_id)])
        self.assertIn("Order 8", event.body)

    # Computed fields ---------------------------------------------------------------------

    def test_a_computed_field_is_tracked_when_another_record_changes_it(self):
        children = self.paper.create(
            [{"name": "a", "parent_id": self.paper.id}, {"name": "b", "parent_id": self.paper.id}]
        )
        self.env.cr.flush()
        self.assertFalse(self.events("record.changed", self.paper))
        children[0].weight = 2.5
        children[1].weight = 1
        self.env.cr.flush()
        self.assertEqual(
            self.events("record.changed", self.paper),
            [{"computed": True, "old": {"total": "0"}, "new": {"total": "3.5"}}],
        )

    def test_a_computed_field_comes_with_the_write_that_changed_it(self):
        self.paper.write({"name": "Order 8", "child_ids": [Command.create({"name": "a", "weight": 2})]})
        self.env.cr.flush()
        self.assertEqual(
            self.events("record.changed", self.paper),
            [{"old": {"name": "Order 7", "total": "0"}, "new": {"name": "Order 8", "total": "2"}}],
        )

    def test_a_computed_value_that_stays_is_no_event(self):
        child = self.paper.create({"name": "a", "weight": 2, "parent_id": self.paper.id})
        self.env.cr.flush()
        before = len(self.events("record.changed", self.paper))
        child.weight = 3
        child.weight = 2
        self.env.cr.flush()
        self.assertEqual(len(self.events("record.changed", self.paper)), before)

    def test_a_rolled_back_change_leaves_no_event(self):
        child = self.paper.create({"name": "a", "parent_id": self.paper.id})
        self.env.cr.flush()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            child.weight = 9
            self.env.flush_all()
            raise ZeroDivisionError
        self.env.cr.flush()
        self.assertFalse(self.events("record.changed", self.paper))

    # Cost --------------------------------------------------------------------------------

    def test_a_write_on_many_records_adds_one_insert(self):
        costs = []
        for count in (1, 10, 200):
            papers = self.paper.create([{"name": str(n)} for n in range(count)])
            self.env.flush_all()
            papers.read(["name", "weight", "owner_id", "total"])
            start = self.cr.sql_log_count
            papers.write({"name": "all the same"})
            costs.append(self.cr.sql_log_count - start)
            self.assertEqual(len(self.events("record.changed", papers)), count)
        self.assertEqual(costs[1], costs[2])
        # the INSERT of 200 events, and what Odoo reads for the display names of 200 records
        self.assertLessEqual(costs[2], 3)

    # Reasons -----------------------------------------------------------------------------

    def test_a_change_takes_a_reason_where_the_policy_asks(self):
        self._policy("med.evidence.reason.policy", ["weight"])
        with self.assertRaisesRegex(ReasonRequiredError, "Weight"):
            self.paper.weight = 3
        self.paper.write({"weight": 4, "evidence_reason": "weighed again"})
        event = self.env["med.evidence.event"].search([("kind", "=", "record.changed"), ("res_id", "=", self.paper.id)])
        self.assertEqual(event[0].reason, "weighed again")
        self.paper.name = "no reason needed"
        self.paper.write({"weight": 4})  # says what it said
        self.paper.with_context(evidence_reason="by a program").write({"weight": 5})
        with self.assertRaises(ReasonRequiredError):
            self.paper.unlink()
        self.paper.with_context(evidence_reason="entered twice").unlink()

    def test_without_fields_every_tracked_field_takes_a_reason(self):
        self._policy("med.evidence.reason.policy", on_delete=False)
        with self.assertRaises(ReasonRequiredError):
            self.paper.name = "other"
        self.paper.note = "untracked"
        self.paper.unlink()

    def test_a_policy_that_ended_asks_for_nothing(self):
        policy = self._policy("med.evidence.reason.policy")
        policy.date_to = "2020-01-01"
        self.paper.name = "other"

    def test_an_import_gives_the_reason_in_a_column(self):
        self._policy("med.evidence.reason.policy", ["weight"])
        load = self.paper.with_user(self.signer).load
        refused = load([".id", "weight"], [[str(self.paper.id), "5"]])
        self.assertFalse(refused["ids"])
        self.assertIn("asks for a reason", refused["messages"][0]["message"])
        done = load([".id", "weight", "evidence_reason"], [[str(self.paper.id), "5", "stocktaking"]])
        self.assertEqual(done["ids"], self.paper.ids)

    # Reading and exporting ---------------------------------------------------------------

    def test_reading_is_on_file_where_the_policy_says_so(self):
        reader = self.paper.with_user(self.signer)
        reader.read(["weight"])
        self.assertFalse(self.events("record.read", self.paper))
        self._policy("med.evidence.access.policy", ["weight"], on_read=True)
        reader.read(["name"])
        reader.sudo().read(["weight"])  # the server's own reading is nobody's
        self.assertFalse(self.events("record.read", self.paper))
        reader.web_read({"name": {}, "weight": {}})
        reader.search_read([("id", "=", self.paper.id)], ["weight"])
        self.assertEqual(self.events("record.read", self.paper), [{"fields": ["weight"]}] * 2)

    def test_exporting_is_on_file_where_the_policy_says_so(self):
        self._policy("med.evidence.access.policy")
        self.signer.group_ids = [Command.link(self.env.ref("base.group_allow_export").id)]
        self.paper.with_user(self.signer).export_data(["name", "weight"])
        event = self.env["med.evidence.event"].search([("kind", "=", "record.exported")], limit=1)
        self.assertEqual(event.user_id, self.signer)
        self.assertIn(f'"ids":[{self.paper.id}]', event.body)

    def test_reading_many_records_is_one_insert(self):
        papers = self.paper.create([{"name": str(n)} for n in range(80)]).with_user(self.signer)
        papers.read(["weight"])
        self._policy("med.evidence.access.policy", on_read=True)
        papers[:1].read(["weight"])
        with self.assertQueryCount(1):
            papers.read(["weight"])

    # Words -------------------------------------------------------------------------------

    def test_an_event_reads_in_field_labels_and_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.paper.write({"weight": 2.5, "owner_id": self.env.company.partner_id.id})
        event = self.env["med.evidence.event"].search([("kind", "=", "record.changed"), ("res_id", "=", self.paper.id)])
        owner = self.env.company.partner_id.display_name
        self.assertEqual(event.summary, f"Owner: {owner}; Weight: 0 → 2.5")
        self.assertEqual(event.model_label, "Test paper")
        self.assertIn("→", event.facts)
        kinds = dict(
            event.with_context(lang="zh_CN")
            ._fields["kind"]
            ._description_selection(event.with_context(lang="zh_CN").env)
        )
        self.assertEqual(kinds["record.changed"], "更改")

    def test_a_kind_without_a_name_shows_its_code(self):
        self.env["med.evidence.event"]._record("something.new_here", [{"body": {}}])
        kinds = dict(self.env["med.evidence.event"]._selection_kind())
        self.assertEqual(kinds["something.new_here"], "something.new here")

    def test_from_a_record_to_its_events(self):
        action = self.paper.action_view_evidence()
        events = self.env["med.evidence.event"].with_user(self.auditor).search(action["domain"])
        self.assertEqual(events.mapped("res_id"), self.paper.ids)
        with self.assertRaises(UserError):
            self.env["med.evidence.event"].with_user(self.signer).search(action["domain"])
