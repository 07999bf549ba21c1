"""One file per family of field; each registers itself."""
