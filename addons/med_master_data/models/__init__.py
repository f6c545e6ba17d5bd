# The order is that of dependence: a mixin is registered before the models that inherit it.
# ruff: noqa: I001
from . import med_message
from . import med_message_scan
from . import med_validity
from . import med_storage_condition
from . import med_product_identifier
from . import med_registration_certificate
from . import med_partner_licence
from . import product_template
from . import product_product
from . import res_partner
from . import stock_lot
from . import stock_lot_label
from . import med_scan
from . import med_catalogue
