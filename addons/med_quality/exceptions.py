from odoo.exceptions import UserError


class GateRefusedError(UserError):
    """Goods may not move. The message says what, where and what to do; ``findings``
    holds the same as data, for a client that shows it line by line."""

    def __init__(self, message, findings=()):
        super().__init__(message)
        self.findings = tuple(findings)
        # what Odoo sends to clients beside the message
        self.context = {"med_verdicts": list(findings)}
