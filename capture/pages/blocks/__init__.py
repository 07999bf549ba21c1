"""One file per block; each registers itself."""
