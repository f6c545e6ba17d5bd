import json

from odoo.tests import TransactionCase, new_test_user

GTIN = "06901234567892"
GTIN_BOX = "16901234567899"
GTIN_2 = "00721902648892"
ROLES = {
    "picker": "med_master_data.group_med_picker",
    "reviewer": "med_master_data.group_med_reviewer",
    "quality": "med_master_data.group_med_quality",
    "supervisor": "med_master_data.group_med_supervisor",
    "auditor": "med_evidence.group_med_auditor",
}


class MedMasterDataMixin:
    """People by role, and devices in one line."""

    @classmethod
    def _setup_people(cls):
        cls.people = {
            role: new_test_user(cls.env, login=f"md_{role}", groups=group, company_id=cls.env.company.id)
            for role, group in ROLES.items()
        }
        for role, user in cls.people.items():
            setattr(cls, role, user)

    @classmethod
    def make_device(cls, name="Stent", di=None, tracking="lot", **values):
        template = cls.env["product.template"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "tracking": tracking,
                "use_expiration_date": True,
                "med_is_device": True,
                **values,
            }
        )
        if di:
            cls.make_identifier(template, di)
        return template.product_variant_id

    @classmethod
    def make_identifier(cls, template, di, **values):
        return cls.env["med.product.identifier"].create({"product_tmpl_id": template.id, "di": di, **values})

    @classmethod
    def make_lot(cls, product, name, **values):
        return cls.env["stock.lot"].create({"product_id": product.id, "name": name, **values})

    @staticmethod
    def line(di=GTIN, name="Stent", **values):
        return json.dumps({"di": di, "name": name, "maker": "Maker", **values})

    def events(self, kind, record=None):
        # the log is readable by auditors only; a test asks as superuser
        domain = [("kind", "=", kind)]
        if record is not None:
            domain += [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        return self.env["med.evidence.event"].search(domain)


class MedMasterDataCase(MedMasterDataMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_people()
