{
    "name": "Medical Evidence",
    "summary": "Append-only events, electronic signatures and Merkle seals",
    # Odoo would read the README as reStructuredText.
    "description": "Who did what, when and why: written once, signed and sealed. See README.md.",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Medical Outbound",
    "author": "Medical Outbound contributors",
    "website": "https://github.com/medical-outbound/medical-outbound",
    "license": "LGPL-3",
    "depends": ["mail"],
    "data": [
        "security/med_evidence_groups.xml",
        "security/ir.model.access.csv",
        "security/med_evidence_rules.xml",
        "data/ir_cron.xml",
        "views/med_evidence_event_views.xml",
        "views/med_evidence_signature_views.xml",
        "views/med_evidence_seal_views.xml",
        "wizard/med_evidence_sign_views.xml",
        "views/med_evidence_menus.xml",
    ],
    "application": True,
}
