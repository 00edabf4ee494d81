"""Facts, law and decisions: pure functions over immutable values, no I/O, no clock."""
