"""What smoe writes to people: which letters facts call for, and what each of them says."""
