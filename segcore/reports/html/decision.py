"""The first lines of the report: the better run, the difference, its certainty, and the cost."""

from collections.abc import Iterator, Sequence
from functools import partial
from html import escape

from segcore.reports.html.sides import Parts, ReportedRun, attempt, sweeps_on_the_same_data
from segcore.reports.percent import percent, points, points_between
from segcore.reports.tables import MEANS, classes_in_words, megabytes_of, place_of, same_classes
from segcore.scoring.bootstrap import Interval, bootstrap_classes, bootstrap_difference
from segcore.scoring.calibration import calibration_error
from segcore.scoring.robustness import summarize

_MOST_CLASSES = 4


def decision(*sides: ReportedRun) -> Parts:
    """Yield five lines with the facts for choosing one of two runs, or one if they were scored on different frames."""
    lines = "".join(f"<dt>{title}</dt><dd>{escape(text)}</dd>\n" for title, text in decision_lines(sides))
    yield f'<dl class="decision">{lines}</dl>'


def decision_lines(sides: Sequence[ReportedRun], *, with_place: bool = True) -> Iterator[tuple[str, str]]:
    """Yield titles and sentences: the better run, the certainty, the cost, what speaks for the other, further scores.

    Args:
        sides: two runs with scores on one set.
        with_place: whether the first sentence also says on which frames and over which classes.
    """
    if _of_different_frames(sides):
        places = "; ".join(f"{side.name} on {place_of(side.scores.provenance)}" for side in sides)
        yield (
            "Better",
            f"Not known: the two were scored on different frames ({places}); score both on the same.",
        )
        return
    comparable = same_classes(*(side.scores for side in sides))
    key = "miou" if comparable else "category_miou"
    known = [side for side in sides if getattr(side.scores, key) is not None]
    ranked = sorted(known, key=lambda side: -getattr(side.scores, key))
    if len(ranked) < len(sides):
        yield "Better", f"Not known: {MEANS[key]} was not measured for both."
    else:
        difference = _difference(ranked) if comparable else None
        yield "Better", _better(ranked, key, difference, with_place=with_place)
        yield "Certainty", _how_sure(ranked, difference)
        yield "Cost", _cost(ranked)
        yield "But", _other_classes(ranked)
    yield "Further scores", _beside_the_scores(ranked or sides)


def _of_different_frames(sides: Sequence[ReportedRun]) -> bool:
    frames = [{entry.frame for entry in side.scores.per_frame} for side in sides]
    return all(frames) and any(names != frames[0] for names in frames)


def _difference(ranked: Sequence[ReportedRun]) -> Interval | None:
    found = attempt(partial(bootstrap_difference, *(side.scores.per_frame for side in ranked)))
    return found if isinstance(found, Interval) and found.is_known else None


def _better(ranked: Sequence[ReportedRun], key: str, difference: Interval | None, *, with_place: bool) -> str:
    better, other = ranked
    scores = [getattr(side.scores, key) for side in ranked]
    measure = MEANS[key][0].lower() + MEANS[key][1:]
    numbers = f"{measure} {percent(scores[0])} against {percent(scores[1])}"
    where = ""
    if with_place:
        where = (
            f" on {place_of(better.scores.provenance)}, over {classes_in_words(better.scores, other.scores)}"
        )
    ahead = f"{100 * (scores[0] - scores[1]):.1f} points ahead"
    if difference is not None and difference.verdict == 0:
        return f"The difference is within noise. {better.name} is {ahead} of {other.name}{where}: {numbers}."
    return f"{better.name}, {ahead} of {other.name}{where}: {numbers}."


def _how_sure(ranked: Sequence[ReportedRun], difference: Interval | None) -> str:
    one_training = "Each run is one training: another seed may change each score."
    if difference is None:
        return f"Not known: there is no interval of the difference. {one_training}"
    bounds = f"{points_between(difference.low, difference.high)} points, 95 % interval over frames"
    if difference.verdict:
        return f"The difference is larger than the noise from the choice of frames ({bounds}). {one_training}"
    return f"With other frames the order could be reversed ({bounds}). {one_training}"


def _cost(ranked: Sequence[ReportedRun]) -> str:
    """Return latency, parameters and file sizes, those of the better run first."""
    told = []
    times = [side.scores.latency for side in ranked]
    if all(time is not None and time.median is not None for time in times):
        machines = list(dict.fromkeys(time.hardware for time in times if time and time.hardware))
        on = f" ({'; '.join(machines)})" if machines else ""
        medians = [f"{time.median:.0f} ms" for time in times if time and time.median is not None]
        told.append(f"a network call over all views takes {' against '.join(medians)}{on}")
    sizes = [side.run.parameters for side in ranked]
    if all(size is not None for size in sizes):
        told.append(f"{' against '.join(f'{size / 1e6:.1f} M' for size in sizes if size)} parameters")
    if all(side.run.has_network for side in ranked):
        told.append(f"{' against '.join(f'{megabytes_of(side.run):.1f} MB' for side in ranked)} on disk")
    if not told:
        return "Not recorded."
    text = "; ".join(told)
    return f"{ranked[0].name}: {text}."


def _other_classes(ranked: Sequence[ReportedRun]) -> str:
    """Return the classes in which the run with the lower score is better."""
    other = ranked[1]
    found = attempt(partial(bootstrap_classes, *(side.scores.per_frame for side in ranked)))
    if not isinstance(found, tuple) or not same_classes(*(side.scores for side in ranked)):
        return "It is not known whether the other run is better in single classes."
    named = zip(other.scores.class_names, found, strict=True)
    behind = sorted(((each.value, name) for name, each in named if each.verdict < 0))
    if not behind:
        return f"{other.name} is better in no class by more than the noise from the choice of frames."
    listed = ", ".join(f"{name} ({points(-value)} points)" for value, name in behind[:_MOST_CLASSES])
    more = f" and {len(behind) - _MOST_CLASSES} more" if len(behind) > _MOST_CLASSES else ""
    return f"{other.name} is better in {listed}{more}."


def _beside_the_scores(sides: Sequence[ReportedRun]) -> str:
    told = []
    errors = [
        side.scores.calibration and percent(calibration_error(side.scores.calibration)) for side in sides
    ]
    if all(errors):
        told.append(f"calibration error {' against '.join(map(str, errors))}")
    if (found := sweeps_on_the_same_data(sides)) is not None:
        effects = set.intersection(*(set(table["effect"]) for table in found.tables))
        kept = [
            percent(summary[summary["effect"].isin(effects)]["kept"].mean())
            for summary in map(summarize, found.tables)
        ]
        told.append(f"under synthetic weather {' against '.join(kept)} of the score is kept")
    if not told:
        return "Neither calibration nor scores under weather were measured for both on these frames."
    return f"{' and '.join(side.name for side in sides)}: {'; '.join(told)}."
