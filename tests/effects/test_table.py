import subprocess
import sys

import pytest

from segcore.effects.chain import make_step
from segcore.effects.kinds import SEVERITIES, Choice, Number
from segcore.effects.table import EFFECTS, GROUPS
from segcore.errors import InputError

WANTED = {
    "weather": "rain snow fog sun_flare shadow gravel spatter_rain spatter_mud",
    "camera": "motion_blur gaussian_blur defocus zoom_blur box_blur median_blur noise jpeg",
    "colour": "brightness_contrast",
    "flip": "horizontal_flip vertical_flip",
}
NUMBERS = [(e, p) for e in EFFECTS.values() for p in e.parameters if isinstance(p, Number)]
CHOICES = [(e, p) for e in EFFECTS.values() for p in e.parameters if isinstance(p, Choice)]


def name_of(value):
    return value.name if hasattr(value, "name") else None


def test_every_wanted_effect_is_there_in_its_group():
    assert {
        group: " ".join(e.name for e in EFFECTS.values() if e.group == group) for group in GROUPS
    } == WANTED


def test_only_flips_move_the_mask_and_have_no_severity():
    for effect in EFFECTS.values():
        assert effect.moves_mask == (effect.group == "flip")
        assert effect.has_severity == (effect.group != "flip")


@pytest.mark.parametrize(("effect", "parameter"), NUMBERS, ids=name_of)
def test_numbers_fit_their_slider(effect, parameter):
    assert parameter.meaning and parameter.title and len(parameter.presets) in (1, 5)
    for severity in SEVERITIES:
        value = parameter.at(severity)
        assert parameter.check(value) == value
        # A slider shows only whole steps from its lower end.
        steps = (value - parameter.low) / parameter.step
        assert steps == pytest.approx(round(steps))
        assert isinstance(value, int) == parameter.is_integer


@pytest.mark.parametrize(("effect", "parameter"), NUMBERS, ids=name_of)
@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), None, True, "much", [1]])
def test_what_is_no_number_is_refused(effect, parameter, wrong):
    with pytest.raises(InputError, match=rf"{parameter.name} is .*expected a (whole )?number from"):
        make_step(effect.name, parameters={parameter.name: wrong})


@pytest.mark.parametrize(("effect", "parameter"), NUMBERS, ids=name_of)
def test_the_range_is_closed(effect, parameter):
    for value in (parameter.low, parameter.high):
        assert make_step(effect.name, parameters={parameter.name: value}).parameters[parameter.name] == value
    for value in (parameter.low - parameter.step, parameter.high + parameter.step):
        with pytest.raises(InputError, match=parameter.name):
            make_step(effect.name, parameters={parameter.name: value})


def test_whole_numbers_stay_whole():
    assert make_step("rain", parameters={"width": 2.0}).parameters["width"] == 2
    assert isinstance(make_step("rain", parameters={"width": 2.0}).parameters["width"], int)
    with pytest.raises(InputError, match="whole"):
        make_step("rain", parameters={"width": 2.5})


@pytest.mark.parametrize(("effect", "parameter"), CHOICES, ids=name_of)
def test_choices_offer_their_presets_and_nothing_else(effect, parameter):
    assert set(parameter.presets) <= set(parameter.options)
    with pytest.raises(InputError, match="expected one of"):
        make_step(effect.name, parameters={parameter.name: "monsoon"})


def test_unknown_names_are_answered_with_those_that_there_are():
    with pytest.raises(InputError, match="no effect 'hail'; choose from rain, snow"):
        make_step("hail")
    with pytest.raises(InputError, match="no parameter 'depth'; it has kernel"):
        make_step("box_blur", parameters={"depth": 3})
    with pytest.raises(InputError, match="no severity"):
        make_step("vertical_flip", severity=3)
    for severity in (-1, 6, 2.5, True, "3", float("nan")):
        with pytest.raises(InputError, match="expected a whole number from 0"):
            make_step("rain", severity=severity)


def test_the_table_needs_neither_albumentations_nor_tensorflow_nor_streamlit():
    script = (
        "import sys\n"
        "from segcore.effects.chain import Chain, make_step, to_json\n"
        "from segcore.effects.render import to_code\n"
        "chain = Chain((make_step('rain'),)); to_code(chain, (256, 512)); to_json(chain)\n"
        "heavy = {'albumentations', 'cv2', 'tensorflow', 'keras', 'streamlit'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_albumentations_is_told_not_to_ask_the_network_before_it_is_imported():
    script = (
        "import os, sys\n"
        "os.environ.pop('NO_ALBUMENTATIONS_UPDATE', None)\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'albumentations':\n"
        "            assert os.environ.get('NO_ALBUMENTATIONS_UPDATE') == '1'\n"
        "            print('seen')\n"
        "sys.meta_path.insert(0, Watch())\n"
        "import numpy as np\n"
        "from segcore.effects.chain import Chain, make_step\n"
        "from segcore.effects.render import apply\n"
        "apply(Chain((make_step('rain'),)), np.zeros((64, 64, 3), np.uint8))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["seen"]
