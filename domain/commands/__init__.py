"""Commands, one file each: the body and the pure function that decides; found by discovery."""
