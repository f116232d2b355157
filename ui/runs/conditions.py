"""Under which conditions scores came about, said under every score."""

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from segcore.reports.tables import conditions, frames_in_words, same_classes, settings_in_words
from segcore.runs.evaluation import Evaluation, Provenance
from segcore.scoring.robustness import Sweep
from ui.shell.text import markdown_escaped


def provenance(made: Provenance) -> str:
    """Return data, split, frames and resolution of scores in words, for the line under every score."""
    return f"Scores: {markdown_escaped(conditions(made))}"


def show_provenances(scores: Mapping[str, Evaluation | Sweep]) -> None:
    """Say under which conditions runs were scored, and warn where frames or classes differ.

    Args:
        scores: run name to its evaluation or sweep; one without provenance is passed over as unknown.
    """
    known = {name: one.provenance for name, one in scores.items() if one.provenance}
    lines = _lines(scores, known)
    # The name of the data is free text, and a model may see the same frames at a size of its own.
    measured_on = {(made.split, made.frames, made.frame_size) for made in known.values()}
    if len(measured_on) > 1:
        _warn("These runs were scored on different frames, so their scores are not comparable", lines)
    elif lines:
        st.caption("  \n".join(lines))
    if not same_classes(*scores.values()):
        finest = max((one.class_names for one in scores.values()), key=len)
        counts = {name: _counted(one.class_names, finest) for name, one in scores.items()}
        _warn(
            "These runs do not have the same classes, so only their category IoU can be compared",
            _grouped(counts),
        )


def _lines(names: Iterable[str], known: Mapping[str, Provenance]) -> list[str]:
    """Return the frames once where all were scored on the same, and then how each run saw them."""
    frames = {frames_in_words(made) for made in known.values()}
    if len(frames) != 1 or set(known) != set(names):
        return _grouped({name: provenance(known[name]) if name in known else "" for name in names})
    settings = {name: markdown_escaped(settings_in_words(made)) for name, made in known.items()}
    if len(set(settings.values())) == 1:
        return [provenance(next(iter(known.values())))]
    as_they_are = "seen by the model as they are"
    return [
        f"Scores: {markdown_escaped(frames.pop())}",
        *_grouped({name: text or as_they_are for name, text in settings.items()}, between=": "),
    ]


def _counted(names: Sequence[str], finest: Sequence[str]) -> str:
    """Say how many classes these are, and which of them the finest list does not have because it has their parts."""
    merged = [name for name in names if name not in finest]
    if not merged:
        return f"{len(names)} classes"
    listed = markdown_escaped(" and ".join(filter(None, (", ".join(merged[:-1]), merged[-1]))))
    return f"{len(names)} classes, of which {listed} {'is' if len(merged) == 1 else 'are'} several in one"


def _grouped(texts: Mapping[str, str], *, between: str = ". ") -> list[str]:
    """Return each text once, with the names that have it before it unless all share one."""
    groups: dict[str, list[str]] = {}
    for name, text in texts.items():
        groups.setdefault(text, []).append(markdown_escaped(name))
    return [
        text if len(groups) == 1 else f"{', '.join(runs)}{between}{text}"
        for text, runs in groups.items()
        if text
    ]


def _warn(sentence: str, lines: Sequence[str]) -> None:
    listed = "\n".join(f"- {line}" for line in lines)
    st.warning(f"{sentence}:\n\n{listed}")
