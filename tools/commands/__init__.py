"""One module per command at the root of the checkout."""
