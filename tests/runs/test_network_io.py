"""Wrong descriptions of a network's input and output in ``run.json``: one short line for each."""

import pytest

from segcore.errors import InputError
from segcore.runs.network_io import NetworkInput, NetworkOutput

SIZE = {"size": [64, 128]}
LONG = [[1, 2]] * 500


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("\n\n# head", 'input = "\\n\\n# head"; expected an object'),
        ({**SIZE, "offset": "\n\n# head"}, 'input.offset = "\\n\\n# head"; expected a list'),
        ({**SIZE, "a\nb": 1}, 'the unknown key "a\\nb" in input; expected size'),
        ({**SIZE, "scale": [1, LONG, 1]}, "The scale is [1, [[1, 2], "),
        ({"size": LONG}, "has the size [[1, 2], "),
        ({**SIZE, "layout": "x\ny"}, r"The layout is 'x\ny'; expected one of NCHW"),
        ({}, "lacks input.size"),
    ],
)
def test_a_wrong_input_is_one_short_line(content, said):
    with pytest.raises(InputError) as raised:
        NetworkInput.from_json(content)
    told = str(raised.value)
    assert said in told and "\n" not in told and len(told) < 200


def test_a_description_that_was_written_is_read_again():
    for described in (
        NetworkInput((64, 128), scale=(1.0, 2.0, 3.0), multiple=32),
        NetworkOutput("out", "classes"),
    ):
        assert type(described).from_json(described.to_json()) == described
