"""What a file may bring of orders and deliveries; see med_master_data's ``import_kinds``."""

from odoo.addons.med_master_data.lib.import_kinds import Column, Kind, register

CUSTOMER = Column(
    "partner",
    "code",
    "Customer",
    "客户编码",
    "Partner code, or its key in the old system.",
    "H-001",
    required=True,
    aliases=("partner code", "customer code", "consignee", "单位编码"),
)
PRODUCT = Column(
    "product",
    "code",
    "Product",
    "产品编码",
    "Product code, or device identifier (DI), or the product's key in the old system.",
    "ST-100",
    required=True,
    aliases=("product code", "sku", "item"),
)
ORDER = register(
    Kind(
        "order",
        "Open orders",
        "未完成订单",
        (
            Column("number", "code", "Order number", "订单号", "Rows of one order follow each other.", "SO-2026-0815", required=True),
            Column("line", "code", "Line", "行号", "Identifies the row within the order.", "10", required=True),
            CUSTOMER,
            Column("date", "date", "Order date", "订单日期", "", "2026-11-02"),
            Column("reference", "code", "Customer's reference", "客户单号", "", "PO-4711"),
            PRODUCT,
            Column("quantity", "number", "Open quantity", "未交数量", "What is still to be delivered.", "5", required=True),
            Column("price", "number", "Unit price", "单价", "Empty: the price of today.", "1250.00"),
        ),
        80,
    )
)
DELIVERY = register(
    Kind(
        "delivery",
        "Delivery history",
        "历史发货",
        (
            Column("number", "code", "Delivery number", "发货单号", "Rows of one delivery follow each other.", "DN-2025-0042", required=True),
            Column("line", "code", "Line", "行号", "Identifies the row within the delivery.", "1", required=True),
            CUSTOMER,
            Column("date", "date", "Delivery date", "发货日期", "The day it left.", "2025-05-05", required=True),
            PRODUCT,
            Column("lot", "code", "Lot or serial number", "批号/序列号", "As delivered.", "L2409A"),
            Column("expiry", "date", "Expiration date", "有效期至", "Of a lot that is not on file yet.", "2027-09-30"),
            Column("quantity", "number", "Quantity", "数量", "What was delivered.", "2", required=True),
        ),
        90,
    )
)
