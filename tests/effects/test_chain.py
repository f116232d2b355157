import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segcore.effects.chain import (
    MAXIMUM_SEED,
    MAXIMUM_STEPS,
    Chain,
    from_json,
    from_text,
    make_step,
    to_json,
    to_text,
)
from segcore.effects.kinds import Number
from segcore.effects.table import EFFECTS
from segcore.errors import InputError


def values_of(parameter):
    if not isinstance(parameter, Number):
        return st.sampled_from(parameter.options)
    if parameter.is_integer:
        return st.integers(parameter.low, parameter.high)
    return st.floats(parameter.low, parameter.high)


def steps_of(effect):
    own = st.fixed_dictionaries({parameter.name: values_of(parameter) for parameter in effect.parameters})
    made = own.map(lambda values: make_step(effect.name, parameters=values))
    severities = range(6) if effect.has_severity else (0, None)
    return made | st.sampled_from([make_step(effect.name, severity=severity) for severity in severities])


steps = st.one_of([steps_of(effect) for effect in EFFECTS.values()])
chains = st.builds(
    lambda steps, seed: Chain(tuple(steps), seed=seed),
    st.lists(steps, max_size=MAXIMUM_STEPS),
    st.integers(0, MAXIMUM_SEED),
)


@given(chains)
def test_text_and_json_give_the_chain_back(chain):
    assert from_text(to_text(chain), seed=chain.seed) == chain
    assert from_json(to_json(chain)) == chain


@given(chains)
def test_the_text_needs_no_escape_in_a_url(chain):
    assert set(to_text(chain)) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-.~+")


def test_the_text_of_presets_is_short():
    chain = from_text("rain-4~fog-2-patch.80~horizontal_flip~snow-0")
    assert [step.severity for step in chain.steps] == [4, None, None, 0]
    assert chain.steps[1].parameters == EFFECTS["fog"].preset(2) | {"patch": 80}
    assert to_text(chain) == "rain-4~fog-2-patch.80~horizontal_flip~snow-0"
    assert from_text("rain") == Chain((make_step("rain", severity=3),))
    assert from_text("") == Chain(())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hail-3", "no effect 'hail'"),
        ("rain-9", "whole number from 0"),
        ("rain-", "Severity of rain is ''"),
        ("rain-٣", "Severity of rain"),
        ("rain-3-slant.nan", "slant is nan"),
        ("rain-3-slant.1e999", "slant is inf"),
        ("rain-3-slant.x", "slant is 'x'"),
        ("rain-3-slant", "slant is ''"),
        ("rain-3-slant.99", "from -30 to 30"),
        ("rain-3-speed.1", "no parameter 'speed'"),
        ("horizontal_flip-3", "no severity"),
        ("rain~~fog", "no effect ''"),
        ("~".join(["rain"] * (MAXIMUM_STEPS + 1)), "keep at most 12"),
    ],
)
def test_text_that_is_no_chain_is_refused_with_the_reason(text, reason):
    with pytest.raises(InputError, match=reason):
        from_text(text)


def test_json_by_hand_may_give_a_severity():
    text = '{"format": 1, "seed": 5, "effects": [{"effect": "rain", "severity": 2}, {"effect": "vertical_flip"}]}'
    assert from_json(text) == Chain((make_step("rain", severity=2), make_step("vertical_flip")), seed=5)


def test_json_writes_every_value_out():
    content = json.loads(
        to_json(Chain((make_step("defocus", severity=2), make_step("fog", severity=0)), seed=9))
    )
    assert content == {
        "format": 1,
        "seed": 9,
        "effects": [{"effect": "defocus", "parameters": {"radius": 0.8}}, {"effect": "fog", "severity": 0}],
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        "null",
        '{"format": 2, "effects": []}',
        '{"format": 1}',
        '{"format": 1, "effects": {}}',
        '{"format": 1, "effects": ["rain"]}',
        '{"format": 1, "effects": [{}]}',
        '{"format": 1, "effects": [{"effect": ["rain"]}]}',
        '{"format": 1, "effects": [{"effect": "rain", "strength": 3}]}',
        '{"format": 1, "effects": [{"effect": "rain", "parameters": [3]}]}',
        '{"format": 1, "effects": [{"effect": "rain", "parameters": null}]}',
        '{"format": 1, "effects": [{"effect": "rain", "parameters": {"slant": NaN}}]}',
        '{"format": 1, "effects": [{"effect": "rain", "parameters": {"slant": %s}}]}' % ("9" * 4000),
        "[" * 100_000,
        '{"format": 1, "effects": [], "seed": -1}',
        '{"format": 1, "effects": [], "seed": 1.5}',
        '{"format": 1, "effects": [], "seed": "1"}',
    ],
)
def test_json_that_is_no_chain_is_refused(text):
    with pytest.raises(InputError):
        from_json(text)


@pytest.mark.parametrize("seed", [-1, MAXIMUM_SEED + 1, 1.0, True, None])
def test_the_seed_is_a_whole_number_in_range(seed):
    with pytest.raises(InputError, match="seed"):
        Chain((), seed=seed)


def test_parameters_left_out_are_those_of_the_given_severity():
    step = make_step("rain", severity=5, parameters={"slant": 3})
    assert step.parameters == EFFECTS["rain"].preset(5) | {"slant": 3}
    assert step.severity is None
    assert make_step("rain", parameters=EFFECTS["rain"].preset(4)).severity == 4
