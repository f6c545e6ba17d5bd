from . import med_deviation_scan, med_evidence_bundle
