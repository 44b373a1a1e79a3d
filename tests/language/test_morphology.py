"""The forms of English words."""

import pytest

from extractor.language.en.morphology import both_numbers, is_plural, plural, singular, verb_forms


@pytest.mark.parametrize(
    "forms",
    [
        "lift lifts lifted lifting",
        "ease eases eased easing",
        "agree agrees agreed agreeing",
        "deny denies denied denying",
        "obey obeys obeyed obeying",
        "tie ties tied tying",
        "veto vetoes vetoed vetoing",
        "push pushes pushed pushing",
        "slam slams slammed slamming",
        "quip quips quipped quipping",
        "vow vows vowed vowing",
        "relax relaxes relaxed relaxing",
        "offer offers offered offering",
        "admit admits admitted admitting",
        "write writes wrote written writing",
        "put puts putting",
    ],
)
def test_a_verb_has_its_forms(forms: str) -> None:
    """Base, -s, past, participle and -ing, with doubled letters and -y as they are printed."""
    base = forms.split(maxsplit=1)[0]
    assert list(verb_forms(base)) == forms.split()


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("bank", "banks"),
        ("ally", "allies"),
        ("church", "churches"),
        ("sketch", "sketches"),
        ("woman", "women"),
        ("person", "people"),
        ("series", "series"),
    ],
)
def test_a_noun_has_one_singular_and_one_plural(one: str, several: str) -> None:
    """Each is found from the other."""
    assert plural(one) == several
    assert singular(several) == one
    assert both_numbers([one]) == {one, several}


def test_what_ends_in_s_may_be_singular() -> None:
    """No letter is cut off from "crisis", "glass", "virus"."""
    for noun in ("crisis", "glass", "virus"):
        assert singular(noun) == noun
        assert not is_plural(noun)
    assert is_plural("gunmen")
    assert not is_plural("perhaps")
