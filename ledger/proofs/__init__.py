"""Proofs: the Merkle log of all facts, its signed checkpoints, what auditors take away, and the audit of the whole."""
