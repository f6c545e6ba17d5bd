{
    "name": "Medical Planning",
    "summary": "Demand ahead with its errors, what to order and when, what will expire unsold, and a review every quarter",
    # Odoo would read the README as reStructuredText.
    "description": "Planning of medical devices. See README.md.",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Medical Outbound",
    "author": "Medical Outbound contributors",
    "website": "https://github.com/medical-outbound/medical-outbound",
    "license": "LGPL-3",
    "depends": ["med_outbound", "purchase_stock"],
    "external_dependencies": {"python": ["statsforecast"]},
    "data": [],
}
