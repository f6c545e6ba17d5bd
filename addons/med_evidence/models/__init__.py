from . import (
    ir_attachment,
    med_evidence_append_only,
    med_evidence_bundler,
    med_evidence_event,
    med_evidence_key,
    med_evidence_seal,
    med_evidence_seal_verify,
    med_evidence_seal_files,
    med_evidence_verification,
    med_evidence_signature,
    med_evidence_tracked,
    med_signable,
)
