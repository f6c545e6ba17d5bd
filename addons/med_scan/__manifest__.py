{
    "name": "Medical Scan",
    "summary": "Scanning app for phone and handheld: picks against the gate, also without network",
    # Odoo would read the README as reStructuredText.
    "description": "The picker's app. See README.md.",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Medical Outbound",
    "author": "Medical Outbound contributors",
    "website": "https://github.com/medical-outbound/medical-outbound",
    "license": "LGPL-3",
    "depends": ["med_outbound"],
    "data": [
        "security/ir.model.access.csv",
        "security/med_scan_rules.xml",
        "views/med_scan_event_views.xml",
        "views/med_scan_device_views.xml",
        "views/med_scan_templates.xml",
        "views/med_scan_menus.xml",
    ],
    "assets": {
        "med_scan.assets_app": [
            ("include", "web._assets_core"),
            # the app has a style of its own
            ("remove", "web/static/src/core/**/*.scss"),
            "med_scan/static/src/reader/**/*",
            "med_scan/static/src/app/**/*",
            "med_scan/static/src/pages/**/*",
        ],
        "web.assets_tests": ["med_scan/static/tests/tours/**/*"],
    },
}
