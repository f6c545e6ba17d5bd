{
    "name": "Medical Route",
    "summary": "The shortest way through the warehouse for a transfer or a batch, on a map",
    # Odoo would read the README as reStructuredText.
    "description": "Walking routes for pickers. See README.md.",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Medical Outbound",
    "author": "Medical Outbound contributors",
    "website": "https://github.com/medical-outbound/medical-outbound",
    "license": "LGPL-3",
    "depends": ["med_outbound"],
    "data": [
        "security/ir.model.access.csv",
        "security/med_route_rules.xml",
        "views/stock_location_views.xml",
        "views/stock_warehouse_views.xml",
        "views/stock_picking_views.xml",
        "views/med_slot_proposal_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["med_route/static/src/**/*"],
        "web.assets_tests": ["med_route/static/tests/tours/**/*"],
    },
}
