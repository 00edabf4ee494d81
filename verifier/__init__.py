"""What an auditor verifies with: Python's standard library and nothing of ours, so that it runs alone and offline."""
