from . import (
    med_evidence_kinds,
    med_expiry_risk,
    med_forecast,
    med_forecast_correction,
    med_forecast_history,
    med_forecast_override,
    med_forecast_run,
    med_lot_stock,
    med_planning_stock,
    res_company,
    res_partner_category,
)
