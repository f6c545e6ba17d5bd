from . import (
    med_evidence_kinds,
    med_forecast,
    med_forecast_correction,
    med_forecast_history,
    med_forecast_override,
    med_forecast_run,
    res_company,
    res_partner_category,
)
