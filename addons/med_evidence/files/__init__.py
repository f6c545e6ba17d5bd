"""What touches disks: keys, notes outside of the database, and the verifier that goes with bundles."""
