"""The seed of everything random, one for all pages, kept in the address as ``?seed=``."""

import random

import streamlit as st

from segcore.effects.chain import MAXIMUM_SEED
from ui.shell.bound import bound_number, choose

_KEY = "seed"
# Short enough to be read out and typed in again.
_LARGEST_ROLL = 9999


def choose_seed(*, width: int | str = 130, with_dice: bool = False) -> int:
    """Draw the seed, ``width`` px wide or "stretch", and where ``with_dice`` a button that rolls another."""
    seed = bound_number("Seed", 0, MAXIMUM_SEED, 0, key=_KEY, what="seed", width=width)
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
    choose(_KEY, others[0])
