"""Before a catalogue is applied, everybody sees what it would change, field by field."""

import base64

from .common import GTIN, GTIN_2, MedMasterDataCase

UDID = """<?xml version="1.0" encoding="UTF-8"?>
<udid><devices><device><zxxsdycpbs>06972253600013</zxxsdycpbs><cpmctymc>PTCA球囊扩张导管</cpmctymc><ggxh>CBC-1210</ggxh>
<zczbhhzbapzbh>国械注准20193030166</zczbhhzbapzbh><ylqxzcrbarmc>苏州鼎科医疗技术股份有限公司</ylqxzcrbarmc><flbm>03-13-06</flbm>
<sfwwjbz>是</sfwwjbz><storageList><storage><cchcztj>冷藏</cchcztj><zdz>2</zdz><zgz>8</zgz><jldw>℃</jldw></storage></storageList>
</device></devices></udid>"""


class TestCatalogueDifference(MedMasterDataCase):
    def wizard(self, text, apply=False):
        wizard = self.env["med.catalogue.import"].with_user(self.quality).create(
            {"file": base64.b64encode(text.encode()), "filename": "catalogue"}
        )
        wizard.action_check()
        if apply:
            wizard.action_import()
        return wizard

    def changes(self, wizard):
        return [(one.change, one.di, one.field or "", one.old or "", one.new or "") for one in wizard.change_ids]

    def test_new_changed_unchanged_gone(self):
        self.wizard("\n".join([self.line(name="Stent", model="A"), self.line(di=GTIN_2, name="Wire")]), apply=True)
        wizard = self.wizard(self.line(name="Stent II", model="A", sterile=True))
        self.assertEqual(
            self.changes(wizard),
            [
                ("changed", GTIN, "Name", "Stent", "Stent II"),
                ("changed", GTIN, "Sterile", "No", "Yes"),
                ("gone", GTIN_2, "", "Wire", ""),
            ],
        )
        self.assertFalse(self.wizard(self.line(name="Stent", model="A")).change_ids.filtered(lambda one: one.change != "gone"))

    def test_udi_database_of_china(self):
        wizard = self.wizard(UDID, apply=True)
        self.assertEqual(self.changes(wizard), [("new", "06972253600013", "", "", "PTCA球囊扩张导管")])
        device = self.env["product.template"].search([("med_primary_di", "=", "06972253600013")])
        self.assertEqual((device.med_device_class, device.med_classification_code), ("III", "03-13-06"))
        self.assertEqual(device.med_registration_ids.number, "国械注准20193030166")
        self.assertEqual(device.med_registrant_id.name, "苏州鼎科医疗技术股份有限公司")
        self.assertEqual(device.med_storage_condition_id._limits(), (2.0, 8.0))
        again = self.wizard(UDID)
        self.assertEqual((again.unchanged, self.changes(again)), (1, []))
