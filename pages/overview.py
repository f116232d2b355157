"""What the tool is for: the two best models on a frame of the data in use, and the ways in."""

import streamlit as st

from ui.frames.source import current_source, show_no_frames
from ui.overview.doors import show_commands, show_doors
from ui.overview.pair import show_pair
from ui.overview.scoring import offer_scores
from ui.runs.best import best_first, scores_on
from ui.runs.listing import listed_runs
from ui.runs.report import offer_report
from ui.shell.preload import preload_charts
from ui.shell.router import link_to, through_app

through_app()
st.title("SegCompare")
st.write(
    "Put two trained segmentation models side by side on the same road scene, change the weather, and see which one to "
    "choose."
)
runs = listed_runs().runs
source = current_source()
models = st.container()
show_doors()
show_commands()
with models:
    if source is None:
        show_no_frames()
    elif runs:
        ranked = best_first(runs, source.frames)
        pair = ranked[:2]
        set_name, scores = scores_on(runs, source.frames)
        of_pair = {run.name: scores[run.name] for run in pair if run.name in scores}
        show_pair(source, pair, of_pair, set_name=set_name)
        if len(of_pair) == len(pair) == 2:
            offer_report(*pair, set_name, dataset=source.dataset, label="Download the report on these two")
        if len(scores) > len(pair):
            link_to("evaluation", f"Scores of all {len(scores)} models", set=set_name)
        offer_scores(source, runs, [run for run in ranked if run.name not in scores])
preload_charts()
