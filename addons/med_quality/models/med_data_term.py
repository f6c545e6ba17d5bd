"""The regulated fields that this addon adds, in words."""

from odoo.addons.med_master_data.lib.dictionary import Term, register

P, R, L = "product.template", "res.partner", "stock.lot"

register(
    [
        Term(
            P,
            "med_min_shelf_life_days",
            "Days that must be left on the day of delivery for customers without an agreement of their own.",
            "未另行约定的客户在交货日至少应剩余的有效期天数。",
            source="entry",
            example="180",
        ),
        Term(
            R,
            "med_min_shelf_life_days",
            "Days that must be left on the day of delivery to this customer.",
            "向该客户交货之日至少应剩余的有效期天数。",
            owner="sales",
            source="agreement",
            example="180",
        ),
        Term(
            R,
            "med_min_shelf_life_percent",
            "Share of the total shelf life that must be left on the day of delivery.",
            "交货日至少应剩余的有效期占总有效期的比例。",
            owner="sales",
            source="agreement",
            example="66.67",
        ),
        Term(
            L,
            "med_is_device",
            "Whether the lot is of a regulated device.",
            "该批次是否属于受监管的医疗器械。",
            owner="system",
            source="computed",
            example="✓",
        ),
        Term(
            L,
            "med_status",
            "What quality decided about the lot; changed by signature only.",
            "质量管理对该批次的判定；仅凭签名变更。",
            source="decision",
            example="released",
        ),
        Term(
            L,
            "med_hold_ids",
            "Packages of the lot that are on hold while the rest is free.",
            "该批次中被锁定的包装，其余部分不受影响。",
            source="decision",
            example="PACK0000012",
        ),
        Term(
            L,
            "med_supplier_id",
            "Supplier of the first receipt; his licence is judged on that day.",
            "首次收货的供货者；按收货日核对其许可。",
            owner="system",
            source="note",
            example="Maker Ltd",
        ),
        Term(
            L,
            "med_received_on",
            "Day of the first receipt.",
            "首次收货日期。",
            owner="system",
            source="note",
            example="2026-03-05",
        ),
        Term(
            "med.registration.certificate",
            "med_contract_maker_id",
            "Who makes the device for the registrant, where it is not the registrant himself; printed on the acceptance"
            " record.",
            "受托生产企业：注册人、备案人委托他人生产时填写，打印在验收记录上。",
            source="certificate",
            example="Contract Maker Ltd",
        ),
    ]
)
