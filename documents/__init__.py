"""Files as received, letters, sheets, briefs and bundles."""
