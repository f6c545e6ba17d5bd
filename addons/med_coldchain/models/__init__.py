from . import (
    maintenance_equipment,
    med_data_term,
    med_evidence_kinds,
    med_logger_file,
    med_message,
    med_storage_profile,
    med_temperature_excursion,
    med_temperature_reading,
    med_temperature_sensor,
    product_template,
)
