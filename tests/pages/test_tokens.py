"""Every colour pair is as easy to read as the design says: recomputed from tokens.css, on the 8-bit sRGB of screens."""

import math
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

TOKENS = (Path(__file__).parents[2] / "tixallo/web/static/web/css/tokens.css").read_text()
COLOUR = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
GROUNDS = ("canvas", "surface", "sunken", "selected")

Rgb = tuple[float, float, float]


def colours(theme: int) -> dict[str, Rgb]:
    """All colour tokens as linear-light values of their 8-bit sRGB; theme 0 is light, 1 dark."""
    pairs = re.findall(rf"--([\w-]+): light-dark\({COLOUR}, {COLOUR}\);", TOKENS)
    return {name: shown(*map(float, values[3 * theme : 3 * theme + 3])) for name, *values in pairs}


def oklch_to_linear(lightness: float, chroma: float, hue: float) -> Rgb:
    """CSS Color 4, section 10.2: Oklab to linear sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def eight_bits(linear: float) -> int:
    value = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return round(min(max(value, 0), 1) * 255)


def shown(lightness: float, chroma: float, hue: float) -> Rgb:
    linear = oklch_to_linear(lightness, chroma, hue)
    # In gamut but for less than half a step of 8 bits: what is written is what is seen.
    assert all(-0.0016 < value < 1.0016 for value in linear), (lightness, chroma, hue, linear)
    red, green, blue = (eight_bits(value) / 255 for value in linear)
    return back(red), back(green), back(blue)


def back(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    lights = sorted((0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (one, other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


# Role, grounds beside the four, the lowest ratio in light and in dark.
PROMISED = [
    ("control-line", GROUNDS, 3.10, 3.33),
    ("text", GROUNDS, 13.59, 12.22),
    ("text-2", GROUNDS, 6.59, 7.44),
    ("text-3", GROUNDS, 4.69, 5.34),
    ("link", GROUNDS, 5.76, 7.10),
    ("focus", GROUNDS, 5.30, 7.10),
    ("on-accent", ("accent",), 6.22, 7.61),
    ("on-danger", ("danger",), 6.59, 7.10),
    ("danger-text", (*GROUNDS, "danger-back"), 6.34, 6.31),
    ("warn-text", (*GROUNDS, "warn-back"), 6.51, 8.37),
    ("ok-text", (*GROUNDS, "ok-back"), 6.57, 8.08),
    # A note stands on the page, never on a selected row.
    ("note-text", ("canvas", "surface", "note-back"), 10.85, 10.71),
    ("note-edge", ("canvas", "surface", "note-back"), 3.37, 3.94),
    ("chart-old", GROUNDS, 3.67, 4.26),
    ("chart-new", GROUNDS, 5.30, 6.17),
]


@pytest.mark.parametrize(("role", "grounds", "light", "dark"), PROMISED, ids=[line[0] for line in PROMISED])
def test_a_colour_stands_out_as_promised(role: str, grounds: tuple[str, ...], light: float, dark: float) -> None:
    for theme, promised in ((0, light), (1, dark)):
        found = colours(theme)
        worst = min(contrast(found[role], found[ground]) for ground in grounds)
        # The promise has two digits after the point.
        assert worst >= promised - 0.005, (role, theme, worst)


def test_text_is_readable_and_controls_are_seen() -> None:
    for theme in (0, 1):
        found = colours(theme)
        for role in found:
            needed = 4.5 if role.startswith("text") or role.endswith("-text") or role == "link" else 3
            if role in {"control-line", "focus", "note-edge", "link"} or needed == 4.5:
                assert min(contrast(found[role], found[ground]) for ground in GROUNDS) >= needed, (role, theme)


def test_every_colour_is_a_token() -> None:
    """No other stylesheet writes a colour of its own."""
    root = Path(__file__).parents[2] / "tixallo"
    for path in root.rglob("static/**/*.css"):
        if path.name != "tokens.css":
            text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[\s;,)])|rgba?\(|hsla?\(|oklch\((?!from)", text), path


def test_every_token_that_is_used_exists() -> None:
    root = Path(__file__).parents[2] / "tixallo"
    declared = set(re.findall(r"(--[\w-]+):", TOKENS))
    for path in root.rglob("static/**/*.css"):
        used = set(re.findall(r"var\((--[\w-]+)", path.read_text()))
        own = set(re.findall(r"(--[\w-]+):", path.read_text()))
        assert used <= declared | own, (path, used - declared - own)
