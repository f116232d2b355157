"""Parameter counts, against sums that are written out layer by layer here."""

import math

import pytest

from segcore.models.build import build_model

SIZE = (32, 32)


def convolution(kernel: int, wide_in: int, wide_out: int, *, bias: bool = True) -> int:
    return kernel * kernel * wide_in * wide_out + (wide_out if bias else 0)


def separable(wide_in: int, wide_out: int, *, bias: bool = True) -> int:
    return 9 * wide_in + convolution(1, wide_in, wide_out, bias=bias)


def normalisation(width: int) -> int:
    """Scale and shift, which are trained, and the running mean and variance, which are not."""
    return 4 * width


def trainable(model) -> int:
    return sum(math.prod(variable.shape) for variable in model.trainable_variables)


@pytest.mark.parametrize(("num_classes", "expected"), [(8, 2_060_424), (19, 2_063_603), (34, 2_067_938)])
def test_xception_unet_as_published(num_classes, expected):
    model = build_model("unet_xception", num_classes=num_classes, image_size=SIZE, skips=False)
    assert model.count_params() == expected == 2_058_112 + 289 * num_classes


def test_skips_of_the_xception_unet_widen_what_reads_them():
    plain = build_model("unet_xception", num_classes=19, image_size=SIZE, skips=False)
    joined = build_model("unet_xception", num_classes=19, image_size=SIZE)
    # At strides 8, 4 and 2 the encoder's 128, 64 and 32 features join; a 3 x 3 convolution and the 1 x 1 of
    # the residual read them and give as many.
    more = sum(10 * width * width for width in (128, 64, 32))
    assert joined.count_params() - plain.count_params() == more


@pytest.mark.parametrize("num_classes", [1, 19])
def test_unet_of_the_paper(num_classes):
    model = build_model("unet", num_classes=num_classes, image_size=SIZE)
    down = sum(
        convolution(3, wide_in, wide_out) + convolution(3, wide_out, wide_out)
        for wide_in, wide_out in [(3, 64), (64, 128), (128, 256), (256, 512), (512, 1024)]
    )
    up = sum(
        convolution(2, 2 * width, width) + convolution(3, 2 * width, width) + convolution(3, width, width)
        for width in (512, 256, 128, 64)
    )
    assert model.count_params() == down + up + convolution(1, 64, num_classes)
    # The figure that is commonly given for three channels in and one out.
    assert down + up + convolution(1, 64, 1) == 31_031_745


def test_normalised_unet_of_two_stages():
    model = build_model("unet", num_classes=3, image_size=SIZE, filters=(5, 7), batch_norm=True, dropout=0.5)
    threes = [(3, 5), (5, 5), (5, 7), (7, 7), (10, 5), (5, 5)]
    expected = sum(convolution(3, *widths) + normalisation(widths[1]) for widths in threes)
    assert model.count_params() == expected + convolution(2, 7, 5) + convolution(1, 5, 3)


def test_segnet_of_the_paper():
    model = build_model("segnet", num_classes=11, image_size=SIZE)
    assert trainable(model) == 29_449_355
    vgg = 14_714_688
    normalised = (
        sum(count * width for count, width in [(2, 64), (2, 128), (3, 256), (6, 512)]),
        3 * 512 + 2 * 512 + 256 + 2 * 256 + 128 + 128 + 64 + 64,
    )
    mirrored = (
        5 * convolution(3, 512, 512)
        + convolution(3, 512, 256)
        + 2 * convolution(3, 256, 256)
        + convolution(3, 256, 128)
        + convolution(3, 128, 128)
        + convolution(3, 128, 64)
        + convolution(3, 64, 64)
        + convolution(3, 64, 11)
    )
    assert model.count_params() == vgg + mirrored + sum(normalisation(width) for width in normalised)


@pytest.mark.parametrize("num_classes", [2, 19])
def test_segnet_grows_by_its_last_convolution(num_classes):
    widths = {"filters": (4, 6, 8, 10, 12), "image_size": SIZE}
    one = build_model("segnet", num_classes=1, **widths)
    several = build_model("segnet", num_classes=num_classes, **widths)
    assert several.count_params() - one.count_params() == (num_classes - 1) * convolution(3, 4, 1)


def test_mobilenet_segnet():
    model = build_model("mobilenet_segnet", num_classes=19, image_size=SIZE)
    encoder = 3_228_864  # MobileNetV1 without its classifier
    decoder, width = 0, 1024
    for stage in (256, 128, 96):
        decoder += separable(width, stage, bias=False) + separable(stage, stage, bias=False)
        decoder += 2 * normalisation(stage)
        width = stage
    assert model.count_params() == encoder + decoder + convolution(1, 96, 19)


def test_a_lower_output_stride_takes_the_same_encoder():
    counts = {
        build_model(
            "mobilenet_segnet",
            num_classes=4,
            image_size=SIZE,
            alpha=0.25,
            output_stride=stride,
            decoder_filters=(8,),
        ).count_params()
        for stride in (8, 16, 32)
    }
    assert len(counts) == 1


@pytest.mark.parametrize("classifier", [16, 40])
def test_fcn(classifier):
    normalised = build_model(
        "fcn", num_classes=19, image_size=SIZE, classifier_filters=classifier, dropout=0.5
    )
    plain = build_model(
        "fcn", num_classes=19, image_size=SIZE, classifier_filters=classifier, batch_norm=False
    )
    vgg = 14_714_688
    head = convolution(7, 512, classifier) + convolution(1, classifier, classifier)
    scores = sum(convolution(1, width, 19) for width in (classifier, 512, 256))
    assert plain.count_params() == vgg + head + scores
    widths = 2 * 64 + 2 * 128 + 3 * 256 + 6 * 512 + 2 * classifier
    assert normalised.count_params() == plain.count_params() + normalisation(widths)
