import numpy as np
import pytest
from made_street import street


@pytest.fixture(scope="session")
def frame() -> np.ndarray:
    return street(1)


@pytest.fixture(scope="session")
def mask() -> np.ndarray:
    values = np.random.default_rng(2).integers(0, 19, (256, 512), dtype=np.uint8)
    values[:9] = 255
    return values
