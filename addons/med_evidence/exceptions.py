from odoo.exceptions import UserError


class ReasonRequiredError(UserError):
    """A policy asks why these values change, and nobody said it."""


class SignatureRefusedError(UserError):
    """The signer could not be identified, or may not sign this now. Nothing was signed."""
