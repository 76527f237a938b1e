"""The sentences of `mailsla triage` about what came of learning."""

from mailsla.cli.output import clean
from mailsla.core.model import Reason

_RIGHT = "the new one is right in {new:.1%}, now it is {now:.1%}."
_SAY = {
    "adopted_cross_validation": "In cross-validation on {labels} labels it is right in {new:.1%}, now it is {now:.1%}.",
    "kept_cross_validation": "Nothing changes: in cross-validation on {labels} labels " + _RIGHT,
    "adopted_paired_test": "On the {labels} newest labels it is right in {new:.1%}, till now it was {now:.1%}.",
    "kept_paired_test": "Nothing changes: on the {labels} newest labels " + _RIGHT,
    "kept_recall": "Nothing changes: the new one finds {will:.1%} of {category}, now it is {was:.1%}.",
    "kept_nothing_new": "Nothing changes: what decides now was learned from all of them.",
    "kept_too_few_new": "Nothing changes: of 50 labels that what decides now has not seen there are {count}.",
    "learn_few_labels": "Nothing is learned yet: of 20 labels that it takes there are {count}; {missing} are missing.",
    "learn_one_category": "Nothing is learned: all labels are of one category, {category}. Two are the least.",
}


def reason_line(reason: Reason) -> str:
    """A reason of core/triage/adoption.py or flows/learning.py."""
    return clean(_SAY[reason.code].format(**reason.values))
