"""Invented case histories, lived through the domain's own commands under a virtual clock."""
