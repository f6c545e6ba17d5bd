from . import med_evidence_bundle, med_evidence_key_rotate
from . import med_evidence_sign
