"""A synthetic street scene for tests that need more structure than noise: sky, walls, road and markings."""

import numpy as np


def street(seed: int, size: tuple[int, int] = (256, 512)) -> np.ndarray:
    """Return a street scene, uint8 (h, w, 3): bright sky, textured walls with windows, grey road with markings."""
    height, width = size
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    horizon = height * 2 // 5
    image = np.empty((height, width, 3))
    image[:] = np.where(rows < horizon, 215 - rows * 0.3, 85 + 20 * (rows / height))[..., None]
    for left in range(0, width, width // 6):
        wall = slice(left, left + width // 9)
        image[horizon // 2 : horizon + height // 10, wall] = generator.integers(60, 190, 3)
        image[horizon // 2 : horizon : 8, wall] *= 0.6
    image[
        (rows > horizon) & (columns % (width // 4) < width // 40) & (rows % (height // 8) < height // 20)
    ] = 230
    return (image + generator.normal(0, 6, image.shape)).clip(0, 255).astype(np.uint8)
