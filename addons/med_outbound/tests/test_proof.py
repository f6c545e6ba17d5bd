"""The proof on the box: what it says, who believes it, and what is told to whoever scans it."""

import hashlib
import json
import tempfile
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import config

from odoo.addons.med_evidence.files import keys
from odoo.addons.med_evidence.lib import merkle

from ..lib import proof
from .common import OutboundCase


class ProofCase(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        # the keys of a test lie apart from those of the installation
        options = patch.dict(config.options, {"med_evidence_dir": folder.name})
        options.start()
        cls.addClassCleanup(options.stop)
        cls.env["med.evidence.key"]._make("test")
        cls.env.company.name = "Good Devices Ltd"

    def setUp(self):
        super().setUp()
        self.lots = [self.make_lot("PR-A"), self.make_lot("PR-B")]
        self.delivery = self.shipped_delivery(*self.lots, quantity=2)

    def text(self, *args, **kwargs):
        return self.delivery.with_user(self.picker)._med_proof_link(*args, **kwargs).split("#")[1]

    def said(self, *args, **kwargs):
        return proof.decode(self.text(*args, **kwargs))[1]


@tagged("post_install", "-at_install")
class TestProof(ProofCase):
    def test_it_says_what_left_and_who_reviewed(self):
        said = self.said()
        self.assertEqual([row[1:2] + row[3:] for row in said["l"]], [["PR-A", "2"], ["PR-B", "2"]])
        self.assertEqual(said["n"], 2)
        self.assertEqual((said["d"], said["r"]), ([self.delivery.id, self.delivery.name], self.reviewer.name))
        self.assertEqual((said["f"], said["c"]), ("Good Devices Ltd", self.hospital.name))
        self.assertEqual(self.events("proof.issued", self.delivery)[-1]["package"], None)

    def test_no_price_and_nothing_of_others(self):
        self.lots[0].product_id.list_price = 98765.43
        told = json.dumps(self.said())
        self.assertNotIn("98765", told)
        self.assertEqual(set(self.said()) - {"s"}, set("vkgdtfcrlnh"))

    def test_it_verifies_by_the_public_half_alone(self):
        body, said, signature = proof.decode(self.text())
        key = self.env["med.evidence.key"].search([], limit=1)
        self.assertEqual(said["k"], key.fingerprint[:16])
        self.assertTrue(keys.is_signed(bytes.fromhex(key.public_key), signature, body.encode()))
        self.assertFalse(
            keys.is_signed(bytes.fromhex(key.public_key), signature, body.replace("PR-A", "PR-X").encode())
        )

    def test_its_place_in_the_log_leads_to_the_sealed_root(self):
        self.assertNotIn("s", self.said(), "not sealed yet, and not said to be")
        self.env["med.evidence.seal"]._seal_once(full=False)
        index, size, leaf, path, root = self.said()["s"]
        seal = self.env["med.evidence.seal"].search([], limit=1)
        self.assertEqual((size, proof._bytes(root).hex()), (seal.tree_size, seal.root_hash))
        found = merkle.root_from_inclusion(proof._bytes(leaf), index, size, [proof._bytes(node) for node in path])
        self.assertEqual(found.hex(), seal.root_hash)

    def test_before_it_left_there_is_nothing_to_prove(self):
        open_delivery = self.picked_delivery(self.lots[0])
        with self.assertRaisesRegex(UserError, "not left"):
            open_delivery._med_proof_link()

    def test_a_box_speaks_of_itself(self):
        delivery = self.picked_delivery(*self.lots, quantity=1)
        box = self.env["stock.package"].create({"name": "BOX-1"})
        delivery.move_line_ids[0].result_package_id = box
        self.review(delivery)
        self.validate(delivery)
        said = proof.decode(delivery._med_proof_link(box).split("#")[1])[1]
        self.assertEqual((said["p"], said["n"], said["l"][0][1]), ("BOX-1", 1, delivery.move_line_ids[0].lot_id.name))
        values = self.env["report.med_outbound.package_label"]._get_report_values(box.ids)
        self.assertEqual(values["boxes"][0]["picking"], delivery)
        html = self.env["ir.actions.report"]._render_qweb_html("med_outbound.package_label", box.ids)[0].decode()
        self.assertIn("BOX-1", html)
        self.assertNotIn("PR-B" if said["l"][0][1] == "PR-A" else "PR-A", html)

    def test_a_box_that_is_still_here_has_no_label(self):
        box = self.env["stock.package"].create({"name": "BOX-2"})
        with self.assertRaisesRegex(UserError, "BOX-2"):
            self.env["report.med_outbound.package_label"]._get_report_values(box.ids)

    def test_many_lots_are_cut_and_said_to_be(self):
        lots = [self.make_lot(hashlib.sha1(bytes([number])).hexdigest()) for number in range(80)]
        self.delivery = self.shipped_delivery(*lots)
        text = self.text()
        said = proof.decode(text)[1]
        self.assertLessEqual(len(text), proof.LONGEST)
        self.assertEqual(said["n"], 80)
        self.assertLess(len(said["l"]), 80)

    # What has happened since -----------------------------------------------------------------

    def now(self, text):
        return self.env["stock.picking"].with_user(self.env.ref("base.public_user"))._med_proof_now(text)

    def test_what_happened_since(self):
        text = self.text()
        di = self.said()["l"][0][0]
        self.assertEqual(
            self.now(text),
            {"known": True, "signed_for": None, "lots": [[di, "PR-A", "released"], [di, "PR-B", "released"]]},
        )
        self.lots[0]._med_set_status("recalled")
        self.assertIn([di, "PR-A", "recalled"], self.now(text)["lots"])

    def test_after_a_new_key_old_boxes_still_prove(self):
        text = self.text()
        self.env["med.evidence.key"]._rotate("yearly")
        self.assertTrue(self.now(text)["known"])
        self.assertNotEqual(self.said()["k"], proof.decode(text)[1]["k"])

    def test_nothing_is_told_to_what_we_did_not_sign(self):
        body, said, signature = proof.decode(self.text())
        other = proof.encode(body.replace("PR-A", "PR-C"), signature)
        unknown = proof.encode(json.dumps({**said, "k": "%" * 16}), signature)
        for text in (None, "", "rubbish", other, unknown, proof.encode("{}", signature), proof.encode(body, b"")):
            self.assertEqual(self.now(text), {"known": False}, text)

    # Numbers of boxes ------------------------------------------------------------------------

    def test_boxes_are_numbered_with_sscc(self):
        self.assertFalse(self.env["stock.package"].create({})._med_is_sscc())
        self.env.company.med_gs1_prefix = "9521234"
        names = self.env["stock.package"].create([{}, {}, {"name": "OWN"}]).mapped("name")
        self.assertEqual(names[2], "OWN")
        self.assertTrue(all(len(name) == 18 and name[1:8] == "9521234" for name in names[:2]))
        self.assertEqual(len(set(names)), 3)
        self.assertTrue(
            all(box._med_is_sscc() for box in self.env["stock.package"].search([("name", "in", names[:2])]))
        )

    def test_a_prefix_is_digits(self):
        for prefix in ("abc", "123", "٤٤٤٤٤"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.env.company.med_gs1_prefix = prefix


@tagged("post_install", "-at_install")
class TestProofPage(ProofCase, HttpCase):
    """The page in a browser, as whoever holds the box sees it: no account, no other part of the system."""

    def open(self, text, ready, code):
        self.env.flush_all()
        self.browser_js(f"/med/proof#{text}", code, f"!!document.querySelector({ready!r})", timeout=30)

    def test_a_genuine_code(self):
        self.env["med.evidence.seal"]._seal_once(full=False)
        self.open(
            self.text(None, "TOKEN"),
            ".verdict.good",
            """(async () => {
                const until = async (test) => { while (!test()) { await new Promise(r => setTimeout(r, 50)); } };
                await until(() => document.querySelector(".now a.button"));
                const text = document.body.innerText;
                for (const word of ["PR-A", "PR-B", "Good Devices Ltd", "entry"]) {
                    if (!text.includes(word)) { throw new Error(word + " is missing: " + text); }
                }
                if (!document.querySelector(".now a.button").href.endsWith("/med/receipt/TOKEN")) { throw new Error("link"); }
                await navigator.serviceWorker.ready;
                await until(() => caches.match("/med/proof").then((kept) => kept && (window.kept = true)) && window.kept);
                // without network: the same verdict, and said that nobody was asked
                window.fetch = () => Promise.reject(new TypeError("no network"));
                window.dispatchEvent(new HashChangeEvent("hashchange"));
                await until(() => document.querySelector(".verdict.good") && /No network/.test(document.body.innerText));
                console.log("test successful");
            })();""",
        )

    def test_a_changed_code_is_shown_as_forged_and_its_content_is_not(self):
        body, _said, signature = proof.decode(self.text())
        self.open(
            proof.encode(body.replace("PR-A", "PR-Z"), signature),
            ".verdict.bad",
            """if (document.body.innerText.includes("PR-Z")) { throw new Error("shown"); }
               console.log("test successful");""",
        )

    def test_a_recalled_lot_is_told_in_red(self):
        text = self.text()
        self.lots[0]._med_set_status("recalled")
        self.open(
            text,
            ".now .bad-text",
            """const told = document.querySelector(".now").innerText;
               if (!told.includes("PR-A") || told.includes("PR-B")) { throw new Error(told); }
               console.log("test successful");""",
        )

    def test_the_page_as_one_file(self):
        response = self.url_open("/med/proof/page.html")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("Ed25519", response.text)
        self.assertNotIn("&amp;&amp;", response.text)
        key = self.env["med.evidence.key"].search([], limit=1)
        self.assertIn(key.public_key, response.text)
        self.assertNotIn("<script src", response.text)
