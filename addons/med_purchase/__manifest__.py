{
    "name": "Medical Purchase",
    "summary": "Certificates on three sides and first approval, checked when devices are ordered",
    # Odoo would read the README as reStructuredText.
    "description": "Checks a purchase order of devices before it is sent. See README.md.",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Medical Outbound",
    "author": "Medical Outbound contributors",
    "website": "https://github.com/medical-outbound/medical-outbound",
    "license": "LGPL-3",
    "depends": ["med_quality", "purchase_stock"],
    "data": ["views/purchase_order_views.xml"],
    "demo": ["demo/res_users.xml"],
    "auto_install": True,
}
