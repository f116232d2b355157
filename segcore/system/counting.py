"""Numbers of things in words."""


def counted(number: int, what: str) -> str:
    """Return a number and what it counts.

    Args:
        number: at least 0.
        what: in the singular; its first word gets the plural.

    Example:
        >>> counted(1, "frame"), counted(3, "class"), counted(2975, "mask without a frame")
        ('1 frame', '3 classes', '2,975 masks without a frame')
    """
    first, space, rest = what.partition(" ")
    plural = "" if number == 1 else "es" if first.endswith("s") else "s"
    return f"{number:,} {first}{plural}{space}{rest}"
