"""Files as received, letters and bundles; not built yet."""
