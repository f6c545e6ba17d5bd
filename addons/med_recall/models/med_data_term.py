"""The regulated fields that this addon adds, in words."""

from odoo.addons.med_master_data.lib.dictionary import Term, register

register(
    [
        Term(
            "res.partner",
            "med_is_recall_contact",
            "Whether this contact gets the recall notices for the whole company.",
            "该联系人是否代表整个单位接收召回通知。",
            owner="sales",
            source="agreement",
            example="✓",
        ),
        Term(
            "stock.lot",
            "med_recall_ids",
            "Recalls whose scope names the lot.",
            "范围包含该批次的召回。",
            owner="system",
            source="decision",
        ),
    ]
)
