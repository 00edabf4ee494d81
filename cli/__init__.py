"""`smoe …`: what operators type."""
