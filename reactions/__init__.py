"""Work that events cause, each exactly once in effect."""
