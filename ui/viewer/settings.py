"""Settings of a viewer: what it is called, and how it is when it is mounted."""

from dataclasses import dataclass

from ui.viewer.layers import Tag

MOST_ZOOM = 32
"""As in geometry.js."""

LAYOUTS = ("side", "swipe", "blink", "grid")
"""Names of the views: beside each other, with a dividing line, in turn, all at once; as in layouts.js."""


@dataclass(frozen=True)
class Probe:
    """A pinned pixel of the first layer: column ``x`` and row ``y``, from 0, from the top left."""

    x: int
    y: int


@dataclass(frozen=True)
class Box:
    """A part of the first layer in pixels: column ``x`` and row ``y`` of its top left, ``width`` and ``height``."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class View:
    """Which part is seen: ``zoom`` 1 shows all, and ``x`` and ``y`` are its middle, 0..1 of width and height."""

    zoom: float
    x: float
    y: float


@dataclass(frozen=True)
class ViewerStart:
    """How a viewer is at an arrival; afterwards the browser keeps it, also when it is mounted again.

    Attributes:
        left, right: names of the layers shown; the first and the last by default.
        opacity: 0 to 1, of class and value maps over their picture.
        outlines: whether borders between classes are drawn.
        divider: 0 to 1, where the dividing line stands.
        hidden: names of palette entries that are switched off.
        view: which part is seen; all of it by default.
        probe: a pinned probe.
        box: a part that is marked.
        layout: one of ``LAYOUTS``; None for the one that suits the width of the window.
        third: whether the third picture stands beside the two.
        arrival: changes with each arrival that sets all of this anew, whatever the browser has kept.
    """

    left: str | None = None
    right: str | None = None
    opacity: float = 0.6
    outlines: bool = False
    divider: float = 0.5
    hidden: tuple[str, ...] = ()
    view: View | None = None
    probe: Probe | None = None
    box: Box | None = None
    layout: str | None = None
    third: bool = False
    arrival: int = 0


@dataclass(frozen=True)
class Fact:
    """A number below the picture: ``label`` and ``value`` in words, and perhaps a tag or a colour, RGB 0 to 255."""

    label: str
    value: str
    tag: Tag | None = None
    color: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Saved:
    """What a saved picture says: its ``title``, the beginning of its ``file`` name, the layers of the ``figure``."""

    title: str
    file: str
    figure: tuple[str, ...]


@dataclass(frozen=True)
class ViewerSettings:
    """What ``ui.viewer.component.viewer`` takes beside the layers.

    Attributes:
        key: the viewer's own name; what is set in the browser stays with it between frames and pages, up to the next
            arrival.
        description: what the pictures are, for those who do not see them.
        start: how it is at first.
        height: px, at most, of all pictures together; less in a low window, so that all of them are seen at once.
            Without it the viewer is as wide as there is room.
        layouts: views to choose from, of ``LAYOUTS``.
        third: name of the layer that may stand beside the two.
        grid: names of the layers of the view "grid"; those that there are not are left out.
        facts: numbers below the picture.
        save: how pictures are saved as PNG; None for no such button.
        probe: whether a click (or Enter) pins a probe, and a box can be drawn. Both rerun the script, or the fragment
            around the call; so does another opacity, but only once the pointer and the keyboard have left the viewer.
        in_address: which settings the browser keeps in the page's address, each under its own name: "left",
            "right", "opacity" and "divider" (percent), "outlines" (true or false), "hidden" (names between commas),
            "zoom" ("zoom,x,y"), "probe" ("x,y"), "box" ("x,y,width,height"), "view" (the layout) and "truth" (whether
            there is a third, true or false).
    """

    key: str
    description: str = "Picture viewer."
    start: ViewerStart = ViewerStart()
    height: int | None = None
    layouts: tuple[str, ...] = ("swipe",)
    third: str | None = None
    grid: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    save: Saved | None = None
    probe: bool = False
    in_address: tuple[str, ...] = ()
