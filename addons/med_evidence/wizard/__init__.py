from . import med_evidence_inspection, med_evidence_sign
