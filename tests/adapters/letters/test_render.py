"""Every letter in every language: what letters.md sections 1 and 7 ask of a rendered mail."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from mailsla.adapters.letters import JinjaLetters
from mailsla.adapters.letters_compiled import CompiledOnce
from mailsla.adapters.letters_lint import lint
from mailsla.adapters.letters_samples import ENVELOPE, READER, SAMPLES
from mailsla.adapters.letters_text import WIDTH, columns
from mailsla.config.formats import LANGUAGES, LANGUAGES_INSIDE
from mailsla.core import letters
from mailsla.core.letters_customer import TO_CUSTOMERS
from mailsla.core.model import Reason
from mailsla.errors import PermanentError
from tests.adapters.letters.reading import LETTERS, TEMPLATES, part, read, rendered
from tests.adapters.letters.samples import ALL

everything = pytest.mark.parametrize(
    ("name", "language"),
    [
        (name, language)
        for name, content in ALL.items()
        for language in (LANGUAGES if content.kind in TO_CUSTOMERS else LANGUAGES_INSIDE)
    ],
)


class _Shown(HTMLParser):
    """The text that a person sees, and the addresses that a client would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.sources: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "title", "head")
        self.attributes.append((tag, dict(attrs)))
        self.sources += [value or "" for key, value in attrs if key in ("src", "href", "background", "action")]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title", "head")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def shown(html: str) -> _Shown:
    parser = _Shown()
    parser.feed(html)
    return parser


def flat(text: str) -> str:
    """The text part without its frame: quote marks, bars and line breaks."""
    return " ".join(re.sub(r"^\|", " ", text, flags=re.MULTILINE).split())


def test_there_is_a_sample_of_every_kind_and_a_folder_for_it() -> None:
    kinds = {kind.kind for kind in letters.Content.__args__}
    assert {content.kind for content in SAMPLES} == kinds
    assert {path.name for path in (TEMPLATES / "emails").iterdir() if not path.name.startswith("_")} == kinds


def test_what_ships_is_without_fault() -> None:
    assert lint(TEMPLATES, None, ZoneInfo) == []


@everything
def test_two_parts_text_first(name: str, language: str) -> None:
    mail = rendered(ALL[name], language=language)
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Content-Language"] == language
    assert mail["Subject"].strip() and "\n" not in mail["Subject"]


@everything
def test_the_text_part_is_72_columns_and_misleads_no_mail_program(name: str, language: str) -> None:
    lines = part(rendered(ALL[name], language=language), "plain").splitlines()
    assert [line for line in lines if columns(line) > WIDTH] == []
    assert [line for line in lines if line.startswith((">", "From "))] == []
    footers = [line for line in lines if line.startswith("-- ")]
    assert footers == ["-- "]
    assert "\n\n\n" not in "\n".join(lines)


@everything
def test_the_html_part_fetches_nothing_and_is_small(name: str, language: str) -> None:
    raw = LETTERS.render(ALL[name], ENVELOPE, replace(READER, language=language))
    html = part(read(raw), "html")
    assert {one.partition(":")[0] for one in shown(html).sources} <= {"mailto"}  # which fills in a draft
    assert not re.search(r"https?:|<script|<form|<input|url\(|@import", html)
    assert len(raw[raw.index(b"text/html") :]) <= 60_000
    assert f'<html lang="{language}" dir="ltr">' in html


@everything
def test_the_html_part_reads_in_order(name: str, language: str) -> None:
    """One h1 at most, facts with headers, layout tables that nobody announces."""
    found = shown(part(rendered(ALL[name], language=language), "html")).attributes
    assert [tag for tag, _ in found].count("h1") <= 1
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in found if tag == "th")
    heads = [tag for tag, _ in found if tag in ("h1", "h2")]
    assert heads == sorted(heads)
    for tag, attributes in found:
        if tag == "table" and attributes.get("role") is None:
            assert (attributes.get("style") or "").startswith("margin:0 0 16px")  # a table of facts


@everything
def test_both_parts_state_the_same_facts(name: str, language: str) -> None:
    mail = rendered(ALL[name], language=language)
    text, html = flat(part(mail, "plain")), shown(part(mail, "html")).text
    figures = re.compile(r"\b[A-Z]+-\d+\b|\b\d{1,2}:\d{2}\b|\b\d+(?:[.,]\d+)*(?: ?%)?|#[a-z]+|[\w.+-]+@[\w.-]+\w")
    in_text, in_html = set(figures.findall(text)), set(figures.findall(html))
    steps = {"1", "2", "3"} if ALL[name].kind == "acknowledgement" else set()  # HTML numbers an ordered list itself
    assert in_text - in_html - steps == set()
    if ALL[name].kind not in TO_CUSTOMERS:
        assert in_html - in_text == set()


@everything
def test_mail_to_our_people_begins_with_what_a_reply_does(name: str, language: str) -> None:
    mail = rendered(ALL[name], language=language)
    first = part(mail, "plain").splitlines()[0]
    marker = re.fullmatch(r"=== \S.*\S ===", first)
    assert bool(marker) is (ALL[name].kind not in TO_CUSTOMERS)
    if marker:
        assert first in shown(part(mail, "html")).text


@pytest.mark.parametrize("language", LANGUAGES_INSIDE)
@pytest.mark.parametrize("month", range(12))
def test_the_first_line_of_a_question_says_until_when_in_full(month: int, language: str) -> None:
    question = replace(ALL["confirmation"], until=ENVELOPE.date + month * 30 * 86400)  # type: ignore[call-arg]
    assert "…" not in part(rendered(question, language=language), "plain").splitlines()[0]


@pytest.mark.parametrize(("left", "zone_told"), [(8 * 86400, False), (3600, True)])
def test_a_date_alone_has_no_zone_beside_it(left: int, zone_told: bool) -> None:
    reminder = replace(ALL["waiting_reminder"], closes_at=ENVELOPE.date + left)  # type: ignore[call-arg]
    mail = rendered(reminder)
    for text in (part(mail, "plain"), shown(part(mail, "html")).text):
        assert ("local time: Berlin" in text) is zone_told


@pytest.mark.parametrize("language", LANGUAGES_INSIDE)
def test_who_may_not_act_is_told_that_a_reply_stays_inside(language: str) -> None:
    case = replace(SAMPLES[1].case, can_act=False)  # type: ignore[union-attr]  # the agent's notification
    text = part(rendered(letters.AgentNotification(case=case, text="x"), language=language), "plain")
    assert text.splitlines()[0] in (
        "=== A reply to this mail stays inside: the customer does not get it ===",
        "=== Eine Antwort bleibt intern und geht nicht an den Kunden ===",
    )
    assert "#resolve" not in text


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("acknowledgement", "Re: Where is my parcel"),
        ("ack-unverified", "We have your complaint [ACME-1042]"),
        ("agent_notification", "[ACME-1042] Where is my parcel"),
        ("customer_answer", "[ACME-1042] Where is my parcel"),
        ("relay", "Re: Where is my parcel"),
        ("relay-traps", "Your complaint [ACME-1042]"),
        ("closing", "We have finished with your complaint [ACME-1042]"),
        ("closing-2", "Re: Where is my parcel"),
        ("closing-unverified", "We have finished with your complaint [ACME-1042]"),
        ("waiting-no-end", "We wait for your answer [ACME-1042]"),
        ("transcript", "Re: [ACME-1042] Where is my parcel"),
        ("reminder", "Due in 3 h: [ACME-1042] Where is my parcel"),
        ("reminder-now", "Due now: [ACME-1042] Where is my parcel"),
        ("escalation-one", "1 complaint needs you: it is late"),
        ("escalation-two-late", "2 complaints need you: all are late"),
        ("escalation-one-ahead", "1 complaint needs you: late by Fri 20 Nov, 19:43"),
        ("escalation", "2 complaints need you: 1 late, the next by Fri 20 Nov, 20:42"),
        ("confirmation", "Did you send this? [ACME-1042]"),
        ("operator_alert", "mailsla on mail1: mailbox support can't be read: login refused"),
        ("alert-recovered", "mailsla on mail1: mailbox support can't be read: login refused"),
        ("queue-1", "mailsla on mail1: 1 mail waits for a person"),
        ("queue-5", "mailsla on mail1: 5 mails wait for a person"),
    ],
)
def test_subjects(name: str, subject: str) -> None:
    assert rendered(ALL[name])["Subject"] == subject


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("acknowledgement", "Your message reached us on Friday at 18:42, after we had closed."),
        ("acknowledgement", "We open again on Monday at 09:00."),
        ("ack-holiday", "We are closed then (Christmas Day). We open again on Thursday, 26 November 2026, 19:43."),
        ("ack-closed-day", "a day on which we are closed."),
        ("ack-before-hours", "before we had opened. We open again on Friday at 19:43."),
        ("ack-late-fetch", "Your message reached us on Friday at 18:42; the time counts from then."),
        ("ack-days-late", "We are sorry: your message of Tuesday, 17 November 2026 was read by us only now."),
        ("acknowledgement", "We expect to settle it by: The end of Friday, 4 December 2026"),
        ("notification-to-triage", "To triage: Late delivery (44%) or Damaged goods (41%)"),
        ("answer-late", "LATE since Fri 20 Nov, 15:43 Berlin"),
        ("answer-unproven", "Probably not from Ana Vogel: the mail says so, but the check of its sender failed."),
        ("agent_notification", "paused: the clock stands still while we wait"),
        ("notification-bare", "no deadline runs"),
        ("relay", "Not content? Reply by Thursday, 3 December 2026 and we take it up again."),
        ("closing-one-day", "had no answer for 1 day. Not content? Reply by Friday, 20 November 2026, 19:40"),
        ("transcript", "Nothing was done. 1 line is not clear."),
        ("transcript-done", "Done: 2 of 2."),
        ("transcript-done", "Your text goes to the customer at 18:44."),
        ("escalation", "LATE by 2 h 10 min ACME-1042 Where is my parcel"),
        ("escalation-two-late", "LATE by 3 days ACME-1042"),
        ("escalation-many", "And 5 more: mailsla ticket list"),
        ("queue-50", "And 10 more."),
    ],
)  # fmt: skip
def test_sentences(name: str, sentence: str) -> None:
    assert sentence in flat(part(rendered(ALL[name]), "plain"))


@pytest.mark.parametrize("name", ["ack-no-sla", "ack-promise-past"])
def test_without_a_promise_there_is_no_panel_but_what_happens_next(name: str) -> None:
    text = part(rendered(ALL[name]), "plain")
    assert "answers you by" not in text
    assert "What happens next" in text


def test_an_unverified_sender_reads_nothing_that_they_wrote() -> None:
    canary = "Canary-Subject"
    for content in (ALL["ack-unverified"], ALL["closing-unverified"], ALL["waiting-no-end"]):
        raw = LETTERS.render(replace(content, subject=canary), ENVELOPE, READER)  # type: ignore[call-arg]
        assert canary.encode() not in raw
        assert "Hello,\n" in part(read(raw), "plain")


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ana Vogel", "Hello Ana Vogel,"),
        ("Jean-Luc O'Neil Jr.", "Hello Jean-Luc O'Neil Jr.,"),
        ("Łukasz Żółć", "Hello Łukasz Żółć,"),
        ("", "Hello,"),
        ("Visit example.com/now", "Hello,"),
        ("A" * 41, "Hello,"),
        ("Ana <b>", "Hello,"),
        ("4711", "Hello,"),
        ("-" * 39 + "!", "Hello,"),
    ],
)
def test_a_name_is_greeted_when_it_is_one(name: str, greeting: str) -> None:
    text = part(rendered(replace(SAMPLES[0], name=name)), "plain")  # type: ignore[call-arg]  # acknowledgement
    assert text.splitlines()[0] == greeting


TRAPS = [
    "{{ 7 * 7 }}",
    "{% include 'relay/body.txt' %}",
    "<script>alert(1)</script>",
    "</td></table><img src=http://evil.example/x>",
    "a\r\nBcc: evil@example.com",
    "a\x00b\x1b[31m\u202eevil\u2066",
    "%(name)s %s %",
    "&amp; &lt; \" '",
    "\ud800 lone",
]


@pytest.mark.parametrize("trap", TRAPS)
def test_what_people_wrote_is_only_ever_a_value(trap: str) -> None:
    base = SAMPLES[1].case  # type: ignore[union-attr]  # the agent's notification
    case = replace(
        base,
        subject=trap,
        customer_name=trap,
        category=trap,
        organisation=trap,
        files=(letters.File(name=trap, size=1),),
        category_reasons=(Reason("rule", {"rule": trap, "because": trap}),),
        history=(letters.HistoryLine(at=0, who=trap, what=Reason(trap, {trap: trap})),),
    )
    plain = LETTERS.render(letters.AgentNotification(case=base, text="x"), ENVELOPE, READER)
    mail = rendered(
        letters.AgentNotification(case=case, text=trap), envelope=replace(ENVELOPE, from_name=trap, to_name=trap)
    )
    assert mail.keys() == read(plain).keys()
    assert mail["To"].addresses[0].addr_spec == ENVELOPE.to_email
    html = shown(part(mail, "html"))
    assert html.sources == shown(part(read(plain), "html")).sources
    assert "49" not in part(mail, "plain")
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\u2066]", part(mail, "plain") + part(mail, "html"))
    said = " ".join(trap.translate(dict.fromkeys([0x202E, 0x2066])).split())
    if said.isprintable():
        assert said in html.text and said in mail["Subject"]


def test_a_holiday_or_a_label_of_the_operator_is_escaped_too() -> None:
    content = replace(
        SAMPLES[0],  # type: ignore[call-arg]  # acknowledgement
        closed=letters.Closed(reason="holiday", holiday="<b>X</b>", reopens_at=ENVELOPE.date + 60),
        category="<i>Y</i>",
        team="<u>Z</u>",
    )
    html = part(rendered(content), "html")
    assert not re.search(r"<[biu]>", html)
    assert "&lt;b&gt;X&lt;/b&gt;" in html and "&lt;i&gt;Y" in html and "&lt;u&gt;Z" in html


def test_no_html_template_includes_a_text_template() -> None:
    """An include would put text that is not escaped into HTML; only values are imported from them."""
    for path in (TEMPLATES / "emails").rglob("*.html"):
        assert not re.search(r"include|\|\s*safe|autoescape|Markup", path.read_text()), path


words = st.text(alphabet=st.characters(codec="utf-8"), max_size=300)


@given(subject=words, text=words, name=words)
def test_any_text_gives_a_mail_that_reads_back(subject: str, text: str, name: str) -> None:
    content = letters.Relay(subject=subject, reference="ACME-1", text=text, signature=name)
    raw = LETTERS.render(content, ENVELOPE, READER)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    assert all(columns(line) <= WIDTH or "://" in line for line in part(read(raw), "plain").splitlines())


# faults of the operator's templates


@pytest.mark.parametrize(
    ("file", "source", "says"),
    [
        ("relay/body.txt", "one\n{{ letter.nothing }}\n", "relay/body.txt:2: UndefinedError"),
        ("relay/body.txt", "one\ntwo\n{% if %}\n", "relay/body.txt:3: TemplateSyntaxError"),
        ("relay/facts.txt", "\n\n{% set x = nothing.at_all %}\n", "relay/facts.txt:3: UndefinedError"),
        ("relay/subject.txt", "{{ 1 // 0 }}", "relay/subject.txt:1: ZeroDivisionError"),
        ("relay/body.html", "{{ t.__class__.__mro__ }}", "relay/body.html:1: SecurityError"),
        ("relay/body.html", "{{ letter.text.format.__globals__ }}", "relay/body.html:1: SecurityError"),
        ("relay/body.txt", "{{ t.full('now') }}", "relay/body.txt:1: TypeError"),
    ],
)
def test_a_faulty_template_is_named_with_file_and_line(tmp_path: Path, file: str, source: str, says: str) -> None:
    path = tmp_path / "emails" / file
    path.parent.mkdir(parents=True)
    path.write_text(source)
    relay = next(content for content in SAMPLES if content.kind == "relay")
    with pytest.raises(PermanentError, match=re.escape(says)):
        JinjaLetters(TEMPLATES, tmp_path, ZoneInfo).render(relay, ENVELOPE, READER)
    problems = lint(TEMPLATES, tmp_path, ZoneInfo)
    assert problems and all(says.split(":")[0] in problem.where and problem.mend for problem in problems)
    assert all(problem.where.rpartition(":")[2].isdigit() for problem in problems)


@pytest.mark.parametrize(
    ("file", "mend"),
    [
        ("acknowledgement/body.txt", 'did you mean "emails/acknowledgement/body.txt"?'),
        ("emails/acknowledgment/body.txt", 'did you mean "emails/acknowledgement/body.txt"?'),
        ("emails/relay/body.html.j2", 'did you mean "emails/relay/body.html"?'),
        ("emails/relay.txt", 'did you mean "emails/relay/body.txt"?'),
        ("emails/de/relay/body.txt", 'did you mean "emails/relay/body.txt"?'),
        ("de/LC_MESSAGES/mailsla.po", 'did you mean "locales/de/LC_MESSAGES/mailsla.po"?'),
        ("locales/de/mailsla.po", 'did you mean "locales/de/LC_MESSAGES/mailsla.po"?'),
        ("xyz", "letters stand in emails/KIND/body.txt"),
    ],
)
def test_a_file_that_no_letter_uses_is_told(tmp_path: Path, file: str, mend: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    (problem,) = lint(TEMPLATES, tmp_path, ZoneInfo)
    assert (problem.where, problem.what) == (str(path), "no letter uses this file")
    assert problem.mend.startswith(mend)


def test_files_that_letters_use_or_nobody_takes_for_a_template_are_no_problem(tmp_path: Path) -> None:
    for file, source in {
        "emails/relay/body.txt": "{% include '_own/thanks.txt' %}\n",
        "emails/_own/thanks.txt": "{% from '_own/name.txt' import name %}{{ name() }}\n",
        "emails/_own/name.txt": "{% macro name() %}ACME{% endmacro %}",
        "emails/_base/customer.txt": (TEMPLATES / "emails/_base/customer.txt").read_text(encoding="utf-8"),
        "emails/relay/body.txt~": "",
        ".git/config": "",
        "README.md": "",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(source)
    assert lint(TEMPLATES, tmp_path, ZoneInfo) == []


def test_the_operators_files_win_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "emails/relay").mkdir(parents=True)
    (tmp_path / "emails/relay/body.txt").write_text("Only {{ letter.reference }}\n")
    catalogue = tmp_path / "locales/en/LC_MESSAGES/mailsla.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Your reference: %(reference)s"\nmsgstr "Our number: %(reference)s"\n')
    relay = next(content for content in SAMPLES if content.kind == "relay")
    mail = read(JinjaLetters(TEMPLATES, tmp_path, ZoneInfo).render(relay, ENVELOPE, READER))
    assert part(mail, "plain") == "Only ACME-1042\n"
    assert "Our number:" in part(mail, "html")
    assert lint(TEMPLATES, tmp_path, ZoneInfo) == []


def test_a_language_nobody_translated_falls_back(tmp_path: Path) -> None:
    assert part(rendered(ALL["relay-plain"], language="de-AT"), "plain").endswith(
        "Ihre Vorgangsnummer: ACME-1042\nACME complaints\n"
    )
    assert "Your reference" in part(rendered(ALL["relay-plain"], language="xx"), "plain")
    assert rendered(ALL["relay-plain"], language="xx")["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("folder", "content", "says"),
    [
        ("xx_nowhere", "", "no language"),
        ("de", 'msgid "a"\nfoo\n', "can't be read"),
        ("de", 'msgid "Hello %(name)s,"\nmsgstr "Hallo %(nam)s,"\n', "can't be filled in"),
        ("de", 'msgid "Hello,"\nmsgstr "100 %"\n', "can't be filled in"),
    ],
)
def test_a_faulty_catalogue_is_named(tmp_path: Path, folder: str, content: str, says: str) -> None:
    path = tmp_path / "locales" / folder / "LC_MESSAGES/mailsla.po"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    (problem,) = lint(TEMPLATES, tmp_path, ZoneInfo)
    assert problem.where.startswith(str(path)) and says in problem.what


def test_a_changed_file_is_compiled_anew_and_one_that_is_as_it_was_is_not(tmp_path: Path) -> None:
    """One compiled template serves all languages, and the letters that a reload makes."""
    (tmp_path / "body.txt").write_text("old", "utf-8")
    cache = CompiledOnce()

    def code() -> tuple[str, object]:
        environment = Environment(loader=FileSystemLoader(tmp_path), autoescape=True, bytecode_cache=cache)
        text = environment.get_template("body.txt").render()
        return text, next(iter(cache._codes.values()))

    (text, first), (_, again) = code(), code()
    (tmp_path / "body.txt").write_text("new", "utf-8")
    assert (text, first is again) == ("old", True)
    assert code()[0] == "new"
