"""Read models: one file and one table each, made from the facts of one case at a time; none decides anything."""
