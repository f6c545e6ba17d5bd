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
    "data": [
        "security/ir.model.access.csv",
        "security/med_planning_rules.xml",
        "data/ir_cron.xml",
        "views/med_forecast_views.xml",
        "views/med_forecast_run_views.xml",
        "views/med_expiry_risk_views.xml",
        "views/res_company_views.xml",
        "views/res_views.xml",
        "views/med_planning_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["med_planning/static/src/**/*"],
        "web.assets_tests": ["med_planning/static/tests/tours/**/*"],
    },
    "application": True,
}
