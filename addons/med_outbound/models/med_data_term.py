"""The figures of outbounds, in words: what each one is and how it is computed."""

from odoo.addons.med_master_data.lib.dictionary import Term, register

MODEL = "med.outbound.figure"
FIGURES = (
    (
        "share_error_free",
        "Deliveries that the consignee did not refuse and of which nothing came back as wrong or damaged, of all"
        " deliveries of devices.",
        "收货单位未拒收、且没有因送错或破损退回的出库单占全部器械出库单的百分比。",
        "99.4",
    ),
    (
        "share_on_time",
        "Deliveries that left before their deadline, of those that have one.",
        "在交货期限之前发出的出库单占有期限的出库单的百分比。",
        "97.0",
    ),
    (
        "share_in_full",
        "Deliveries that left no back order, of all deliveries of devices.",
        "没有留下欠货单的出库单占全部器械出库单的百分比。",
        "95.5",
    ),
    (
        "share_otif",
        "Deliveries that left on time and in full, of those that have a deadline.",
        "按期且足量发出的出库单占有期限的出库单的百分比。",
        "93.1",
    ),
    (
        "share_lots_good",
        "Lines with a lot that had not expired when it left, of all lines of devices.",
        "发出时有批号且未过期的明细行占全部器械明细行的百分比。",
        "100",
    ),
    (
        "hours_order_to_ship",
        "Hours from the order, or from the delivery where there is no order, to its leaving.",
        "从下单（无订单时从建立出库单）到发出的小时数。",
        "20.5",
    ),
    (
        "hours_to_pick",
        "Hours from the order to the moment the last line was picked.",
        "从下单到最后一行拣完的小时数。",
        "15.0",
    ),
    (
        "hours_to_review",
        "Hours from the last line picked to the signature of the review.",
        "从最后一行拣完到复核签名的小时数。",
        "1.5",
    ),
    (
        "hours_to_ship",
        "Hours from the signature of the review to the leaving of the goods.",
        "从复核签名到货物发出的小时数。",
        "2.0",
    ),
    (
        "hours_to_sign",
        "Hours from the leaving of the goods to the consignee's signature.",
        "从货物发出到收货单位签收的小时数。",
        "26.0",
    ),
    ("wrong_scans", "Labels that were refused while picking and reviewing.", "拣货和复核时被拒绝的标签次数。", "1"),
    ("refusals", "How often the gate refused the delivery before it left.", "发出前被放行关卡拒绝的次数。", "2"),
    ("units_returned", "Units of the delivery that came back.", "该出库单退回的件数。", "4"),
    (
        "return_cost",
        "Units that came back, at the cost of the product today.",
        "退回件数按产品当前成本计算的金额。",
        "380",
    ),
)
register(
    [
        Term(MODEL, field, english, chinese, owner="system", source="computed", example=example)
        for field, english, chinese, example in FIGURES
    ]
)
