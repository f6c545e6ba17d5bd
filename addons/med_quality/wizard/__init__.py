from . import med_deviation_scan, med_evidence_bundle, med_lot_release_message
