{
    "name": "Medical Outbound",
    "summary": "Signed outbound review, shipping gate, receipt signature, stage and timeline",
    # Odoo would read the README as reStructuredText.
    "description": "From a confirmed order to the consignee's signature. See README.md.",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Medical Outbound",
    "author": "Medical Outbound contributors",
    "website": "https://github.com/medical-outbound/medical-outbound",
    "license": "LGPL-3",
    "depends": ["med_quality", "sale_stock", "stock_delivery", "stock_picking_batch", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/med_outbound_rules.xml",
        "data/med_gate_policy.xml",
        "views/med_outbound_review_views.xml",
        "views/med_outbound_receipt_views.xml",
        "views/stock_picking_views.xml",
        "views/sale_order_views.xml",
        "views/portal_templates.xml",
        "views/med_outbound_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["med_outbound/static/src/**/*"],
        "web.assets_tests": ["med_outbound/static/tests/tours/**/*"],
    },
    "demo": ["demo/med_outbound_demo.xml"],
    "application": True,
}
