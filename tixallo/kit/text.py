"""The one normaliser of text for searching: what feeds the index and what is asked of it pass through here.

Both databases index the same words because neither splits or folds by itself.
"""

import re
import unicodedata

# A longer run is no word that anyone searches for; its head is kept, so that it can still be found by prefix.
LONGEST_WORD = 64

_ASCII_WORD = re.compile(r"[0-9a-z]+")


def words(text: str) -> list[str]:
    """Return the words of `text` in order: NFKD, marks removed, case folded, split at what is not alphanumeric."""
    if text.isascii():
        return [word[:LONGEST_WORD] for word in _ASCII_WORD.findall(text.lower())]
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(
        letter if letter.isalnum() else " " for letter in decomposed if not unicodedata.category(letter).startswith("M")
    )
    return [word[:LONGEST_WORD] for word in bare.split()]
