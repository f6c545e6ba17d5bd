from . import med_evidence_sign
