"""Days and moments as French writes them."""


def in_french(text: str) -> str:
    """A day, or a moment in universal time."""
    day, _, hour = text.partition("T")
    return f"{day[8:10]}/{day[5:7]}/{day[:4]}" + (f" à {hour[:8]} UTC" if hour else "")
