"""What stands under commands and says nothing: a signature that no program marked as one."""

import pytest

from mailsla.core.mail.sign_off import only_signs_off

SAM = "Sam Lee"


@pytest.mark.parametrize(
    "text",
    [
        "Sam",
        "Sam Lee",
        "sam lee\nACME Ltd\n+49 30 1234",
        "Kind regards",
        "Kind regards,\nSam",
        "Mit freundlichen Grüßen\n\nSam Lee\nACME GmbH | Kundendienst",
        "Cordialement\nLee",
        "Sent from my iPhone",
    ],
)
def test_a_signature(text: str) -> None:
    assert only_signs_off(text, SAM)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It came.\n\nKind regards\nSam",
        "Kind regards to your mother, too.",
        "Best\nwould be Tuesday.",
        "Thank you!\nSam Lee",
        "Samuel",
        "Kind regards\nIs it there now?",
        "Sam\nCan you come on Tuesday?",
        "Sam\n" + "x" * 100,
    ],
)
def test_no_signature_or_not_only(text: str) -> None:
    assert not only_signs_off(text, SAM)
