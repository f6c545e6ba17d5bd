"""Scripts that run in a Python that imports Odoo."""
