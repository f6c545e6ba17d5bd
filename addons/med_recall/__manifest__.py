{
    "name": "Medical Recall",
    "summary": "From the notice to the last unit accounted for: trace, hold, notify, collect, reconcile, close",
    # Odoo would read the README as reStructuredText.
    "description": "Recalls of medical devices. See README.md.",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Medical Outbound",
    "author": "Medical Outbound contributors",
    "website": "https://github.com/medical-outbound/medical-outbound",
    "license": "LGPL-3",
    "depends": ["med_outbound", "sale_stock", "mail", "portal"],
    "data": [],
    "application": True,
}
