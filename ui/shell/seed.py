"""The seed of everything random, one for all pages, kept in the address as ``?seed=``."""

import random

import streamlit as st

from segcore.effects.chain import MAXIMUM_SEED
from ui.shell.url import notice_unknown

_KEY = "seed"
# Short enough to be read out and typed in again.
_LARGEST_ROLL = 9999


def choose_seed(*, width: int | str = 130, with_dice: bool = False) -> int:
    """Draw the seed, ``width`` px wide or "stretch", and where ``with_dice`` a button that rolls another."""
    asked = st.query_params.get(_KEY)
    if asked is not None:
        is_right = asked.isascii() and asked.isdigit() and int(asked[:12]) <= MAXIMUM_SEED
        notice_unknown(_KEY, [asked] if is_right else [], what="seed")
    seed = st.number_input(
        "Seed", 0, MAXIMUM_SEED, 0, key=_KEY, width=width, bind="query-params", persist_state="session"
    )
    if with_dice:
        st.button(
            "Roll",
            icon=":material/casino:",
            key=f"{_KEY}_dice",
            help="Other drops, other flakes: another seed",
            on_click=_roll,
        )
    return int(seed)


def _roll() -> None:
    others = [seed for seed in random.sample(range(_LARGEST_ROLL + 1), 2) if seed != st.session_state[_KEY]]
    st.session_state[_KEY] = others[0]
