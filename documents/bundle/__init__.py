"""Bundles for the courts: exhibits as pages, one merged file, one archive."""
