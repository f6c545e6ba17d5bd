"""`set_passwords.py CONF DATABASE`: gives the demo users the passwords that ./run prints."""

from __future__ import annotations

import sys

from tools.demo_users import DEMO_USERS
from tools.in_odoo.session import environment

if __name__ == "__main__":
    with environment(sys.argv[1], sys.argv[2]) as env:
        for user in DEMO_USERS:
            record = env.ref(user.xmlid, raise_if_not_found=False)
            if record:
                record.write({"login": user.login, "password": user.password})
        env.cr.commit()
