"""Letters: which of them the facts of a case call for, and what each says."""
