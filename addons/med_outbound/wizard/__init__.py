from . import med_evidence_bundle
