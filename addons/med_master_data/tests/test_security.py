from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import GTIN, ROLES, MedMasterDataCase

MODELS = (
    "med.storage.condition",
    "med.product.identifier",
    "med.registration.certificate",
    "med.partner.licence",
)


@tagged("post_install", "-at_install")
class TestSecurity(MedMasterDataCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.device = cls.make_device(di=GTIN)
        cls.partner = cls.env["res.partner"].create({"name": "Hospital"})

    def test_access_matrix(self):
        """M7: everybody inside reads, quality alone writes, documents are never deleted."""
        plain = new_test_user(self.env, login="md_plain", groups="base.group_user")
        for model in MODELS:
            for user in [plain, *self.people.values()]:
                quality = user == self.quality
                keeps = model in ("med.registration.certificate", "med.partner.licence")
                expected = {
                    "read": True,
                    "write": quality,
                    "create": quality,
                    "unlink": quality and not keeps,
                }
                Model = self.env[model].with_user(user)
                with self.subTest(model=model, user=user.login):
                    self.assertEqual({op: Model.has_access(op) for op in expected}, expected)

    def test_outsiders_see_nothing(self):
        for group in ("base.group_portal", "base.group_public"):
            user = new_test_user(self.env, login=f"md_{group[-6:]}", groups=group)
            for model in (*MODELS, "med.catalogue.import"):
                self.assertFalse(self.env[model].with_user(user).has_access("read"))

    def test_import_wizard_is_for_quality(self):
        for role, user in self.people.items():
            allowed = self.env["med.catalogue.import"].with_user(user).has_access("create")
            self.assertEqual(allowed, role == "quality")

    def test_groups_imply(self):
        user_group, manager = (
            self.env.ref("stock.group_stock_user"),
            self.env.ref("stock.group_stock_manager"),
        )
        for role in ("picker", "reviewer", "quality", "supervisor"):
            self.assertIn(user_group, self.env.ref(ROLES[role]).all_implied_ids)
        self.assertIn(manager, self.env.ref(ROLES["supervisor"]).all_implied_ids)
        self.assertNotIn(self.env.ref(ROLES["quality"]), self.env.ref(ROLES["supervisor"]).all_implied_ids)
        self.assertNotIn(self.env.ref(ROLES["reviewer"]), self.env.ref(ROLES["supervisor"]).all_implied_ids)
        for role in ROLES:
            self.assertEqual(
                self.env.ref(ROLES[role]).privilege_id,
                self.env.ref("med_evidence.res_groups_privilege_med"),
            )

    def test_quality_keeps_a_dossier_without_other_rights(self):
        env = self.env(user=self.quality)
        template = env["product.template"].create(
            {
                "name": "Q",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
                "med_is_device": True,
                "med_identifier_ids": [(0, 0, {"di": "05901234123457"})],
            }
        )
        certificate = env["med.registration.certificate"].create(
            {"number": "国械注准20233140123", "product_tmpl_ids": [(6, 0, template.ids)]}
        )
        env["med.partner.licence"].create({"partner_id": self.partner.id, "kind": "other", "number": "1"})
        self.assertEqual(template.med_registration_ids, certificate)
        with self.assertRaises(AccessError):
            certificate.unlink()

    def test_picker_changes_nothing(self):
        identifier = self.device.med_identifier_ids
        with self.assertRaises(AccessError):
            identifier.with_user(self.picker).write({"quantity": 2})
        with self.assertRaises(AccessError):
            identifier.with_user(self.picker).unlink()
        with self.assertRaises(AccessError):
            self.env["med.partner.licence"].with_user(self.supervisor).create(
                {"partner_id": self.partner.id, "kind": "other", "number": "1"}
            )

    def test_companies_do_not_see_each_other(self):
        """One's own and the shared ones, nothing of another company."""
        second = self.env["res.company"].create({"name": "Second"})
        outsider = new_test_user(
            self.env,
            login="md_second",
            groups=ROLES["quality"],
            company_id=second.id,
            company_ids=[(6, 0, second.ids)],
        )
        mine = self.env.company.id
        private = self.make_device("Private", company_id=mine)
        records = {
            "med.product.identifier": self.make_identifier(private.product_tmpl_id, "05901234123457"),
            "med.registration.certificate": self.env["med.registration.certificate"].create(
                {"number": "A", "company_id": mine}
            ),
            "med.partner.licence": self.env["med.partner.licence"].create(
                {"partner_id": self.partner.id, "kind": "other", "number": "1", "company_id": mine}
            ),
        }
        for model, record in records.items():
            with self.subTest(model):
                self.assertTrue(self.env[model].with_user(self.quality).search([("id", "=", record.id)]))
                self.assertFalse(self.env[model].with_user(outsider).search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    record.with_user(outsider).read(["id", "create_date"])
        shared = self.device.med_identifier_ids
        self.assertTrue(self.env["med.product.identifier"].with_user(outsider).search([("id", "=", shared.id)]))

    def test_every_screen_opens_for_its_people(self):
        """Views of all menus load for those who see the menu."""
        menus = self.env["ir.ui.menu"].search([("id", "child_of", self.env.ref("med_master_data.menu_med_root").id)])
        own = menus.filtered(
            lambda menu: menu.action and menu.get_external_id()[menu.id].startswith("med_master_data.")
        )
        self.assertGreaterEqual(len(own), 6)
        for role in ("picker", "quality", "auditor"):
            user = self.people[role]
            for menu in own:
                if menu.group_ids and not menu.group_ids & user.all_group_ids:
                    continue
                action = menu.action
                views = [(False, mode) for mode in action.view_mode.split(",")]
                with self.subTest(role=role, menu=menu.name):
                    self.assertTrue(
                        self.env[action.res_model].with_user(user).get_views([*views, (False, "search")])["views"]
                    )
                    self.env[action.res_model].with_user(user).search([], limit=1)
        import_menu = self.env.ref("med_master_data.menu_med_catalogue_import").id
        self.assertIn(import_menu, self.env["ir.ui.menu"].with_user(self.quality)._visible_menu_ids())
        self.assertNotIn(import_menu, self.env["ir.ui.menu"].with_user(self.picker)._visible_menu_ids())
