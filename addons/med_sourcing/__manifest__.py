{
    "name": "Medical Sourcing",
    "summary": "One order served from several warehouses: proposed with its reasons, confirmed by a person",
    # Odoo would read the README as reStructuredText.
    "description": "From which warehouses an order is served. See README.md.",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Medical Outbound",
    "author": "Medical Outbound contributors",
    "website": "https://github.com/medical-outbound/medical-outbound",
    "license": "LGPL-3",
    "depends": ["med_outbound"],
    "data": [
        "security/ir.model.access.csv",
        "security/med_sourcing_rules.xml",
        "views/med_supply_lane_views.xml",
        "wizard/med_sourcing_views.xml",
        "views/sale_order_views.xml",
    ],
}
