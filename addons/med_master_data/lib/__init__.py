"""Pure logic of the master data: no ORM, no clock, no input or output.

Every module raises only :class:`~.errors.ScanError` for bad input: a code and its
parameters, never a sentence, so that the addon translates and the phone shows the same code.
"""
