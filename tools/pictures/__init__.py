"""Takes the pictures of docs/pictures; one module per topic, `__main__` runs them."""
