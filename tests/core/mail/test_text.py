"""HTML to text: every word stays, quoted parts are marked, nothing hidden or hostile comes through."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.mail.text import from_html

WORDS = re.compile(r"\w+")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", ["one", "two"]),
        ("one<br>two", ["one", "two"]),
        ("<ul><li>a</li><li>b</li></ul>", ["* a", "* b"]),
        ("a&nbsp;&amp;&lt;b", ["a &<b"]),
        ("<style>p{}</style><script>x()</script><title>t</title>word<!-- no -->", ["word"]),
        ("plain words", ["plain words"]),
        ("", []),
        ("<p>unclosed <b>tags", ["unclosed tags"]),
    ],
)
def test_layout(html: str, text: list[str]) -> None:
    assert [line.strip() for line in from_html(html).text.split("\n") if line.strip()] == text


@pytest.mark.parametrize(
    "html",
    [
        '<p>mine</p><blockquote type="cite"><p>theirs</p></blockquote>',
        '<p>mine</p><div class="gmail_quote"><div class="gmail_attr">On X:</div><blockquote>theirs</blockquote></div>',
        '<p>mine</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: x</div><div>theirs</div>',
        '<p>mine</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">From</div>theirs',
        "<p>mine</p><blockquote>theirs</blockquote>",
    ],
)
def test_old_mail_is_marked_by_its_elements(html: str) -> None:
    marked = [line for line in from_html(html).marked.split("\n") if line.strip("> ")]
    assert "mine" in marked[0]
    assert all(line.startswith("> ") for line in marked[1:])
    assert "theirs" in marked[-1]
    assert ">" not in from_html(html).text


def test_an_indented_paragraph_is_no_quote() -> None:
    html = '<p>see</p><blockquote style="margin:0 0 0 40px;border:none;padding:0px">my list</blockquote>'
    assert ">" not in from_html(html).marked


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "word",
        "<table><tr><td>" * 2_000 + "word",
        "<b>" * 500 + "word" + "</b>" * 500,
        "word" + "<!--" * 50_000,
        "<script>" * 50_000 + "</script>word",
        "word" + "&" * 500_000,
        "word<p " + "a=b " * 100_000 + ">",
        "<p>word" * 60_000,
    ],
    ids=["div", "table", "b", "comment", "script", "amp", "attributes", "p"],
)
def test_hostile_html_keeps_its_words(html: str) -> None:
    assert "word" in from_html(html).text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('it is <a href="http://x.example">here</a>, you see', "it is here (http://x.example), you see"),
        ('<a href="https://x.example/?a=1&amp;b=2">\n the <b>shop</b></a>', "the shop (https://x.example/?a=1&b=2)"),
        ('<a href="https://www.x.example/">x.example</a>', "x.example"),
        ('<a href="https://x.example/a">see https://x.example/<wbr>a</a>', "see https://x.example/a"),
        ('<a href="mailto:ana@x.example?subject=hi">Ana</a>', "Ana (ana@x.example)"),
        ('<a href="mailto:Ana@x.example">ana@x.example</a>', "ana@x.example"),
        ('<a href="tel:+49301234">call us</a>', "call us (+49301234)"),
        ('<a href="tel:+49301234">+49 (30) 12-34</a>', "+49 (30) 12-34"),
        ('<a href="#top">up</a> <a name="x">x</a> <a href="">y</a> <a href="/order">z</a>', "up x y z"),
        ('<a href="javascript:x()">a</a> <a href="file:///c:/d">b</a> <a href="data:,x">c</a>', "a b c"),
        ('a <a href="https://x.example/logo"><img alt="logo"></a> b', "a b"),
        ('<a href=" https://x.example/a\nb c ">it</a>', "it (https://x.example/ab%20c)"),
        (f'<a href="https://t.example/go?u={"x" * 2000}">it</a>', "it (https://t.example/go…)"),
        (f'<a href="mailto:note.{"a2" * 13}@reply.example?subject=Take">Take</a>', "Take"),
    ],
)
def test_a_link_keeps_its_address_where_its_words_do_not_show_it(html: str, text: str) -> None:
    assert " ".join(from_html(html).text.split()) == text


def test_a_link_in_old_mail_is_old_mail() -> None:
    html = '<p>mine</p><blockquote type="cite"><a href="http://x.example">theirs</a></blockquote>'
    assert from_html(html).marked.split("\n")[-1] == "> theirs (http://x.example)"


TAG = st.sampled_from(["p", "div", "b", "blockquote", "td", "table", "li", "span", "h1", "br"])


@given(st.lists(st.tuples(TAG, st.sampled_from(["alpha", "beta", "gamma", "delta"])), max_size=12))
def test_no_word_is_lost(parts: list[tuple[str, str]]) -> None:
    html = "".join(f"<{tag}>{word} " for tag, word in parts)
    found = from_html(html)
    assert sorted(WORDS.findall(found.text)) == sorted(word for _, word in parts)
    assert sorted(WORDS.findall(found.marked)) == sorted(word for _, word in parts)


@given(st.text(alphabet="<>/abp!-& \"'=;#x1", max_size=200) | st.text())
def test_any_text_is_taken(html: str) -> None:
    from_html(html)
