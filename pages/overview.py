"""What the tool is for, how the best runs compare, which frames are in use, and how to add one's own."""

import streamlit as st

from segcore.errors import InputError
from ui.frames.source import current_source, show_no_frames
from ui.overview import show_cards, show_example
from ui.runs.listing import HOW_TO_ADD_A_RUN, HOW_TO_EVALUATE, listed_runs, sets_of
from ui.shell.preload import preload_charts
from ui.shell.router import link_to, through_app
from ui.shell.text import message_of

GOALS = (
    ("compare", "Compare two models"),
    ("augment", "Change the weather"),
    ("evaluation", "Read the scores"),
    ("training", "Read the curves"),
    ("robustness", "See what rain costs"),
)
CITYSCAPES = """\
mkdir -p ~/cityscapes
pip install cityscapesScripts
csDownload -d ~/cityscapes \\
    leftImg8bit_trainvaltest.zip gtFine_trainvaltest.zip
unzip -q  ~/cityscapes/leftImg8bit_trainvaltest.zip -d ~/cityscapes
unzip -qo ~/cityscapes/gtFine_trainvaltest.zip -d ~/cityscapes
export SEGCOMPARE_DATA=~/cityscapes
streamlit run app.py"""
OWN_RUN = """\
python -m segcore train --model mobilenet_segnet \\
    --run my_run --data ~/cityscapes
python -m segcore evaluate --run my_run \\
    --data ~/cityscapes --split val --save cityscapes_val"""


def _show_data() -> None:
    st.subheader("Frames in use")
    source = current_source()
    if source is None:
        show_no_frames()
        return
    split = f", split {source.split}" if source.split else ""
    truth = "with ground truth" if source.has_truth else "without ground truth"
    made = " They are rendered streets, made for this app." if source.kind == "demo" else ""
    st.write(
        f"{source.title}{split}: {len(source.frames)} frames {truth}.{made} Choose others in the sidebar."
    )
    try:
        show_example(source, runs)
    except InputError as error:
        st.error(message_of(error))


through_app()
st.title("SegCompare")
st.write(
    "Road scenes, pixel by pixel: put two trained segmentation models side by side on the same frame, change the "
    "weather, and see how they were trained and which classes they get right."
)
with st.container(horizontal=True, gap="small"):
    for name, label in GOALS:
        link_to(name, label)
runs = listed_runs().runs
left, right = st.columns(2, gap="large")
with left:
    if runs:
        st.subheader("The best runs here")
        if sets := sets_of(runs):
            show_cards(runs, sets[0])
        else:
            st.info(HOW_TO_EVALUATE)
    with st.expander("Use Cityscapes", icon=":material/database:"):
        st.write(
            "It is free for research, needs an account at cityscapes-dataset.com, and stays on your machine."
        )
        st.code(CITYSCAPES, language="bash")
    with st.expander("Add your own run", icon=":material/add_chart:"):
        st.write(HOW_TO_ADD_A_RUN)
        st.code(OWN_RUN, language="bash")
with right:
    _show_data()
preload_charts()
