"""Translation of class indices from one class list to another."""

import numpy as np

from segcore.classes.scoring_space import classes_met
from segcore.labels import VOID, LabelSpace


def translation(source: LabelSpace, target: LabelSpace) -> np.ndarray:
    """Return the look-up table, uint8 (256,), from class index in ``source`` to class index in ``target``.

    A class without a counterpart becomes void (255). A class with several counterparts becomes the one of the same
    name, or void if there is none. Void stays void.

    Example:
        >>> from segcore.labels import LABEL_IDS, LABEL_SPACES
        >>> translation(LABEL_IDS, LABEL_SPACES["train_ids"])[[7, 9, 26, 255]].tolist()
        [0, 255, 13, 255]
    """
    table = np.full(256, VOID, np.uint8)
    for place, met in enumerate(classes_met(source, target)):
        named = [
            there for there in met if target.class_names[there].lower() == source.class_names[place].lower()
        ]
        if len(met) == 1 or named:
            table[place] = (named or met)[0]
    table.setflags(write=False)
    return table
