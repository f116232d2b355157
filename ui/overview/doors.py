"""Overview: three ways in, for those who bring frames, a model, or a paper to write."""

import streamlit as st

from segcore.system.settings import data_folder, is_public
from ui.runs.listing import HOW_TO_ADD_A_RUN
from ui.shell.router import link_to

_CITYSCAPES = """\
mkdir -p ~/cityscapes
pip install cityscapesScripts
csDownload -d ~/cityscapes \\
    leftImg8bit_trainvaltest.zip gtFine_trainvaltest.zip
unzip -q  ~/cityscapes/leftImg8bit_trainvaltest.zip -d ~/cityscapes
unzip -qo ~/cityscapes/gtFine_trainvaltest.zip -d ~/cityscapes
export SEGCOMPARE_DATA=~/cityscapes
streamlit run app.py"""
_OWN_RUN = """\
python -m segcore train --model mobilenet_segnet \\
    --run my_run --data ~/cityscapes
python -m segcore evaluate --run my_run \\
    --data ~/cityscapes --split val --save cityscapes_val"""


def show_doors() -> None:
    """Draw the three ways in."""
    frames, model, figures = st.columns(3, gap="medium")
    with frames.container(border=True, height="stretch"):
        st.subheader("Your frames")
        st.write("See both models on your own streets: a data set in any common layout, or a few pictures.")
        if not is_public() or data_folder() is not None:
            link_to("compare", "Use a data set", source="Data set")
        link_to("compare", "Use my pictures", source="My pictures")
    with model.container(border=True, height="stretch"):
        st.subheader("Your model")
        st.write("Compare it with these two: an ONNX file of any framework, or a folder of its masks.")
        link_to("runs", "Add a model", do="Add a run")
        link_to("runs", "All runs")
    with figures.container(border=True, height="stretch"):
        st.subheader("Your paper's figures")
        st.write("Scores with intervals, curves, weather and maps, each to be saved as PNG, SVG or CSV.")
        link_to("evaluation", "Scores and report")
        link_to("training", "Training curves")
        link_to("robustness", "What rain costs")


def show_commands() -> None:
    """Draw what is typed on one's own machine to use Cityscapes and to train a model."""
    with st.expander("Use Cityscapes", icon=":material/database:"):
        st.write(
            "It is free for research, needs an account at cityscapes-dataset.com, and stays on your machine."
        )
        st.code(_CITYSCAPES, language="bash")
    with st.expander("Train a model, or add one from the command line", icon=":material/add_chart:"):
        st.write(HOW_TO_ADD_A_RUN)
        st.code(_OWN_RUN, language="bash")
