"""How a number of many digits is said to a person."""

from django.utils.formats import get_format


def grouped(number: int) -> str:
    """Write a whole number with its thousands apart, as the active language does: 12,480, in German 12.480."""
    written = f"{number:,}"
    # Most numbers are small, and lists say hundreds of them.
    return written if "," not in written else written.replace(",", get_format("THOUSAND_SEPARATOR"))
