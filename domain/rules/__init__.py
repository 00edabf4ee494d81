"""Rules of law, one chapter a file, one function a version of one article; found by discovery."""
