"""The regulated fields that this addon adds, in words."""

from odoo.addons.med_master_data.lib.dictionary import Term, register

register(
    [
        Term(
            "product.template",
            "med_storage_profile_id",
            "Temperatures, delays and stability budget by which the goods are watched.",
            "对产品进行温度监测所依据的温度范围、报警延时和稳定性预算。",
            owner="quality",
            source="ifu",
        ),
        Term(
            "med.storage.condition",
            "med_profile_id",
            "The storage profile that devices with this label get.",
            "采用该储存条件的产品所对应的储存温度方案。",
            owner="quality",
            source="decision",
        ),
    ]
)
