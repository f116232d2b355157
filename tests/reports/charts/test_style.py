import tomllib
from pathlib import Path

import plotly.graph_objects as go
import pytest

from segcore.reports.charts.style import darken_text, leave_room_for_buttons, text_on

THEME = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text())["theme"]


def channels(color: str) -> list[int]:
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


def contrast(text: list[float], ground: list[float]) -> float:
    """The contrast ratio of WCAG 2.2."""
    lights = []
    for color in (text, ground):
        linear = [c / 255 / 12.92 if c <= 10.3 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", ["page", "sidebar"])
def test_captions_can_be_read(scheme, part):
    theme = THEME[scheme]
    ground = channels((theme if part == "page" else theme["sidebar"])["backgroundColor"])
    # Streamlit draws them at 60 % opacity.
    faded = [
        0.6 * above + 0.4 * below for above, below in zip(channels(theme["textColor"]), ground, strict=True)
    ]
    assert contrast(faded, ground) >= 4.5


def test_all_text_of_a_figure_can_be_read_on_a_light_page():
    figure = go.Figure(go.Scatter(x=[1], y=[1], yaxis="y2")).update_layout(
        yaxis2={}, xaxis={"title": "epoch"}
    )
    darken_text(figure)
    layout = figure.layout
    fonts = [layout.font, layout.hoverlabel.font, layout.xaxis.tickfont, layout.xaxis.title.font]
    fonts += [layout.yaxis2.tickfont, layout.yaxis2.title.font]
    ground = channels(THEME["light"]["backgroundColor"])
    assert all(contrast(channels(font.color), ground) >= 4.5 for font in fonts)
    assert layout.xaxis.title.text == "epoch"


def test_room_for_buttons_is_made_above_the_plot_and_only_once():
    figure = go.Figure().update_layout(height=200, margin={"t": 10, "b": 5})
    leave_room_for_buttons(figure)
    top = figure.layout.margin.t
    assert top > 10 and figure.layout.height - top == 190 and figure.layout.margin.b == 5
    leave_room_for_buttons(figure)
    assert (figure.layout.margin.t, figure.layout.height) == (top, 190 + top)


@pytest.mark.parametrize("hue", [(1, 1, 1), (0.4, 0.8, 1), (1, 0.6, 0.2), (0, 0, 1), (1, 0, 0), (0, 1, 0)])
def test_text_on_any_shade_of_a_colour_can_be_read(hue):
    for shade in range(256):
        ground = [shade * part for part in hue]
        text = channels(text_on(tuple(channel / 255 for channel in ground)))
        assert contrast(text, ground) >= 4.5
