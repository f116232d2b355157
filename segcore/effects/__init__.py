"""Weather, camera faults and flips for a frame and its mask.

    chain = Chain((make_step("rain", severity=4), make_step("horizontal_flip")), seed=7)
    image, mask = apply(chain, image, mask)
    print(to_code(chain, image.shape[:2]))

`table.EFFECTS` is the table of all effects. Albumentations is imported when `render.apply` first needs it.
"""
