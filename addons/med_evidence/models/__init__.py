# what others inherit comes first
from . import med_evidence_append_only, med_evidence_event, med_evidence_tracked, med_signable

# isort: split
from . import (
    ir_attachment,
    ir_http,
    med_access_review,
    med_evidence_alarm,
    med_evidence_authority,
    med_evidence_bundler,
    med_evidence_event_path,
    med_evidence_event_search,
    med_evidence_event_view,
    med_evidence_key,
    med_evidence_link,
    med_evidence_pattern,
    med_evidence_policies,
    med_evidence_retention,
    med_evidence_seal,
    med_evidence_seal_verify,
    med_evidence_signature,
    med_evidence_verification,
    med_signature_identity,
    med_signature_plan,
    med_signature_policy,
)

# isort: split
# join the verification, so they come after it
from . import med_evidence_anchor, med_evidence_disposal, med_evidence_seal_disposed, med_evidence_seal_files
