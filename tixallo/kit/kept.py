"""What is drawn alike for everybody who reads a language: drawn once, and kept."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import get_language

Given = ParamSpec("Given")
Drawn = TypeVar("Drawn")


def by_language(most: int) -> Callable[[Callable[Given, Drawn]], Callable[Given, Drawn]]:
    """Keep up to `most` results of a function, by the language that is active and by what it is given."""

    def decorate(draw: Callable[Given, Drawn]) -> Callable[Given, Drawn]:
        def in_language(_language: str | None, *args: Given.args, **kwargs: Given.kwargs) -> Drawn:
            return draw(*args, **kwargs)

        kept: Callable[..., Drawn] = lru_cache(maxsize=most)(in_language)

        @wraps(draw)
        def drawn(*args: Given.args, **kwargs: Given.kwargs) -> Drawn:
            return kept(get_language(), *args, **kwargs)

        return drawn

    return decorate
