from . import (
    test_catalogue_import,
    test_documents,
    test_messages,
    test_module,
    test_product_device,
    test_product_identifier,
    test_scan,
    test_scan_resolution,
    test_security,
    test_storage_condition,
    test_translation,
)
from . import test_import
from . import test_data_quality
from . import test_catalogue_difference
