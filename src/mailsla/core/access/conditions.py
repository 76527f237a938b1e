"""What the table of authority asks about a mail: each condition is a sentence that holds of its facts or not."""

from collections.abc import Callable

from mailsla.core.access.authentication import Result
from mailsla.core.access.facts import Facts
from mailsla.core.access.threads import By

Test = Callable[[Facts], bool]


def kind(*kinds: str) -> Test:
    return lambda facts: facts.kind in kinds


def by(*signs: By) -> Test:
    return lambda facts: facts.candidate is not None and facts.candidate.by in signs


def no(test: Test) -> Test:
    return lambda facts: not test(facts)


def either(*tests: Test) -> Test:
    return lambda facts: any(test(facts) for test in tests)


def sent(facts: Facts) -> bool:
    return facts.in_sent_folder


def sent_by_us(facts: Facts) -> bool:
    return facts.sent_by_us


def opens_from_sent(facts: Facts) -> bool:
    return facts.sent_opens_tickets


def ticket(facts: Facts) -> bool:
    return facts.candidate is not None


def ended(facts: Facts) -> bool:
    return facts.candidate is not None and facts.candidate.ended


def participant(facts: Facts) -> bool:
    return facts.participant


def staff_token(facts: Facts) -> bool:
    return facts.held is not None and facts.held.staff


def its_owner(facts: Facts) -> bool:
    return facts.held is not None and facts.agent != "" and facts.held.token.person == facts.agent


def ambiguous(facts: Facts) -> bool:
    return facts.held is not None and facts.held.ambiguous


def expired(facts: Facts) -> bool:
    return facts.held is not None and facts.held.expired


def note(facts: Facts) -> bool:
    return facts.held is not None and facts.held.note


def confirms(facts: Facts) -> bool:
    return facts.held is not None and facts.held.token.purpose == "confirm"


def action(facts: Facts) -> bool:
    return facts.held is not None and facts.held.token.purpose == "action"


def rating(facts: Facts) -> bool:
    return facts.held is not None and facts.held.token.purpose == "rating"


def agrees(facts: Facts) -> bool:
    return facts.agrees


def used(facts: Facts) -> bool:
    return facts.held is not None and facts.held.token.used_at is not None


def agent(facts: Facts) -> bool:
    return facts.agent != ""


def proven(facts: Facts) -> bool:
    return facts.proven


def trusted(facts: Facts) -> bool:
    # A server that writes no Authentication-Results proves nothing: there token and From suffice.
    return facts.proven or not facts.authserv_configured


def letter_to_them(facts: Facts) -> bool:
    candidate = facts.candidate
    return candidate is not None and candidate.by is By.OUR_MESSAGE_ID and candidate.letter_agent == facts.agent


def customer_addressed(facts: Facts) -> bool:
    return facts.candidate is not None and bool(facts.candidate.participants & facts.addressed)


def to_supplier(facts: Facts) -> bool:
    return facts.supplier_addressed != ""


def asked_supplier(facts: Facts) -> bool:
    return facts.candidate is not None and facts.supplier in facts.candidate.asked


def failed(facts: Facts) -> bool:
    return facts.auth.result is Result.FAIL


def forwards(facts: Facts) -> bool:
    return facts.forwarded_from != ""


def passes_on(facts: Facts) -> bool:
    return facts.passes_on


def writes_outside(facts: Facts) -> bool:
    return facts.outside_to != "" and not facts.ours_in_to


person = kind("customer", "agent")
machine = kind("auto_reply", "bounce", "feedback_report")
named_by_token = by(By.TOKEN)
secret = by(By.TOKEN, By.OUR_MESSAGE_ID)
guessable = by(By.THEIR_MESSAGE_ID, By.SUBJECT_TAG)


def known_report(facts: Facts) -> bool:
    # A report comes from any address; a subject tag alone binds only what one of the two sides sent.
    return secret(facts) or (ticket(facts) and (facts.participant or facts.agent != ""))
