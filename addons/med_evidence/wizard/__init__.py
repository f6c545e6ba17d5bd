from . import med_evidence_bundle, med_evidence_inspection, med_evidence_key_rotate, med_evidence_sign
