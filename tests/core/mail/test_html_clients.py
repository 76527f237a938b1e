"""HTML quotes as mail programs mark them: cut where certain; answers between them and citations stay."""

import re

import pytest

from mailsla.core.mail.reply import split
from mailsla.core.mail.text import from_html

MINE = "<div>The lamp is still broken.</div><div>Please call me.</div>"
OLD = "<div>We are sorry.</div><div>Is it the red lamp?</div>"
WROTE = "On Mon, Jan 1, 2024 at 10:00 AM Anna Berg &lt;anna@shop.example&gt; wrote:"
BLOCK = (
    "<b>From:</b> Anna Berg &lt;anna@shop.example&gt;<br><b>Sent:</b> Monday, January 1, 2024 10:00 AM<br>"
    "<b>To:</b> x@y.example<br><b>Subject:</b> Lamp"
)

CLIENTS = {
    "gmail": (
        f'<div dir="ltr">{MINE}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"{WROTE}<br></div>"
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc '
        f'solid;padding-left:1ex">{OLD}</blockquote></div>'
    ),
    "gmail container": (
        f'<div dir="ltr">{MINE}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{WROTE}<br></div><blockquote class="gmail_quote">'
        f"{OLD}</blockquote></div>"
    ),
    "gmail bottom": (
        f'<div dir="ltr"><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{WROTE}<br></div>'
        f'<blockquote class="gmail_quote">{OLD}</blockquote></div><div><br></div>{MINE}</div>'
    ),
    "gmail attribution outside": (
        f'<div dir="ltr">{MINE}<br><div>{WROTE}</div><blockquote class="gmail_quote">{OLD}</blockquote></div>'
    ),
    "gmail mobile": (
        f'<div dir="auto">{MINE}</div><br><div class="gmail_quote"><div dir="ltr">{WROTE}<br></div>'
        f'<blockquote class="gmail_quote">{OLD}</blockquote></div>'
    ),
    "outlook word": (
        '<body><div class="WordSection1"><p class="MsoNormal">The lamp is still broken.</p>'
        '<p class="MsoNormal">Please call me.</p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{BLOCK}</p></div></div>{OLD}</div></body>'
    ),
    "outlook word b5c4df": (
        f"<div class=WordSection1>{MINE}<div>"
        "<div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in'>"
        f"<p class=MsoNormal>{BLOCK}</p></div></div>{OLD}</div>"
    ),
    "outlook owa": (
        f'<div>{MINE}</div><hr style="display:inline-block;width:98%" tabindex="-1">'
        f'<div id="divRplyFwdMsg" dir="ltr"><font>{BLOCK}</font><div>&nbsp;</div></div>{OLD}'
    ),
    "outlook appendonsend": (
        f'<div>{MINE}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{BLOCK}</div>{OLD}'
    ),
    "outlook mobile": (
        f'<div>{MINE}</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/x">'
        f'Outlook for iOS</a></div><hr><div id="divRplyFwdMsg">{BLOCK}</div>{OLD}'
    ),
    "outlook ref": (
        f'<div>{MINE}</div><div id="mail-editor-reference-message-container">'
        f'<div class="ms-outlook-mobile-reference-message"><hr><div>{BLOCK}</div></div>{OLD}</div>'
    ),
    "owa x_": (f'<div>{MINE}</div><hr><div id="x_divRplyFwdMsg">{BLOCK}</div>{OLD}'),
    "apple": (
        f'<body>{MINE}<br><div><br><blockquote type="cite"><div>{WROTE}</div>'
        f'<br class="Apple-interchange-newline"><div>{OLD}</div></blockquote></div></body>'
    ),
    "apple ios": (
        f'<body dir="auto">{MINE}<br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br>'
        f'<blockquote type="cite">{WROTE}<br><br></blockquote></div><blockquote type="cite">'
        f'<div dir="ltr">{OLD}</div></blockquote></body>'
    ),
    "yahoo": (
        f'<div class="ydp yahoo-style-wrap">{MINE}</div><div id="yahoo_quoted_1" class="yahoo_quoted">'
        f"<div>{WROTE}</div><div>{OLD}</div></div>"
    ),
    "yahoo ydp": (
        f'<div class="ydp123yahoo-style-wrap">{MINE}</div>'
        f'<div id="ydp9yahoo_quoted_12" class="ydp9yahoo_quoted"><div><div>{WROTE}</div></div><div>'
        f"{OLD}</div></div>"
    ),
    "thunderbird": (
        f'<p>{MINE}</p><div class="moz-cite-prefix">On 01/01/2024 10:00, Anna Berg wrote:<br></div>'
        f'<blockquote type="cite" cite="mid:x">{OLD}</blockquote>'
    ),
    "thunderbird bottom": (
        '<div class="moz-cite-prefix">On 01/01/2024 10:00, Anna Berg wrote:<br></div>'
        f'<blockquote type="cite" cite="mid:x">{OLD}</blockquote><p>{MINE}</p>'
    ),
    "proton": (
        f'<div style="font-family: Arial;">{MINE}</div><div class="protonmail_signature_block"></div>'
        '<div class="protonmail_quote">'
        "On Monday, January 1st, 2024 at 10:00 AM, Anna Berg &lt;anna@shop.example&gt; wrote:<br>"
        f'<blockquote class="protonmail_quote" type="cite">{OLD}</blockquote></div>'
    ),
    "gmx": (
        "<html><body><div>"
        f'{MINE}<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; '
        'border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>'
        "&nbsp;Montag, 01. Januar 2024 um 10:00 Uhr<br/><b>Von:</b>"
        '&nbsp;"Anna Berg" &lt;anna@shop.example&gt;<br/><b>An:</b>&nbsp;x@y.example<br/><b>'
        f'Betreff:</b>&nbsp;Lamp</div><div name="quoted-content">{OLD}</div></div></div></body></html>'
    ),
    "zoho": (
        f'<div>{MINE}<br></div><div class="zmail_extra"><br><div id="Zm-_Id_-Sgn1">'
        "---- On Mon, 01 Jan 2024 10:00:00 +0100 <b>Anna &lt;anna@shop.example&gt;</b> wrote ----<br>"
        f"</div><blockquote>{OLD}</blockquote></div>"
    ),
    "mailru": (
        f"<HTML><BODY>{MINE}<br>"
        '<blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">'
        "Понедельник, 1 января 2024, 10:00 +03:00 от Anna Berg &lt;anna@shop.example&gt;:<br><div>"
        f"{OLD}</div></blockquote></BODY></HTML>"
    ),
    "yandex": (
        f"<div>{MINE}</div><div> </div><div>"
        '01.01.2024, 10:00, "Anna Berg" &lt;anna@shop.example&gt;:</div><blockquote>'
        f"{OLD}</blockquote>"
    ),
    "qq": (
        f'<div>{MINE}</div><div><includetail><div style="font:Verdana normal 14px;color:#000;">'
        '<div style="FONT-SIZE: 12px;FONT-FAMILY: Arial Narrow;padding:2px 0 2px 0;">'
        "------------------&nbsp;原始邮件&nbsp;------------------</div>"
        '<div style="font-size:12px;background:#efefef;padding:8px;"><div><b>发件人:</b>'
        '&nbsp;"Anna";&lt;anna@shop.example&gt;;</div><div><b>发送时间:</b>'
        '&nbsp;2024年1月1日(星期一) 上午10:00</div><div><b>收件人:</b>&nbsp;"x"&lt;x@y.example&gt;;</div><div>'
        f"<b>主题:</b>&nbsp;Lamp</div></div><div>{OLD}</div></div></includetail></div>"
    ),
    "163": (
        f'<div>{MINE}</div><p>At 2024-01-01 10:00:00, "Anna Berg" &lt;anna@shop.example&gt; wrote:</p>'
        '<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; '
        f'BORDER-LEFT: #ccc 1px solid">{OLD}</blockquote>'
    ),
    "fastmail": (
        f"<div>{MINE}</div><div><br></div><div>On Mon, Jan 1, 2024, at 10:00 AM, Anna Berg wrote:<br>"
        f'</div><blockquote type="cite" id="qt" style="overflow-wrap:break-word;">{OLD}</blockquote>'
    ),
    "hey": (
        f'<div class="trix-content">{MINE}</div><br>'
        "On January 1, 2024, Anna Berg &lt;anna@shop.example&gt; wrote:<br><blockquote>"
        f"{OLD}</blockquote>"
    ),
    "spark": (
        f'<html><body><div name="messageBodySection">{MINE}</div><div name="messageReplySection">'
        "On 1 Jan 2024 at 10:00 +0100, Anna Berg &lt;anna@shop.example&gt;, wrote:<br>"
        f'<blockquote type="cite" style="border-left-color: grey;">{OLD}</blockquote></div></body>'
        "</html>"
    ),
    "zimbra": (
        f'<div>{MINE}<br></div><hr id="zwchr" data-marker="__DIVIDER__">'
        '<div data-marker="__HEADERS__"><b>From: </b>"Anna" &lt;anna@shop.example&gt;<br><b>To: </b>'
        '"x" &lt;x@y.example&gt;<br><b>Sent: </b>Monday, January 1, 2024 10:00:00 AM<br><b>'
        f'Subject: </b>Lamp<br></div><div data-marker="__QUOTED_TEXT__">{OLD}</div>'
    ),
    "roundcube": (
        f'<p>{MINE}</p><p id="reply-intro">On 2024-01-01 10:00, Anna Berg wrote:</p>'
        f'<blockquote type="cite" style="padding: 0 0.4em">{OLD}</blockquote>'
    ),
    "front": (
        f"<div>{MINE}</div><br><div>"
        "On January 1, 2024 at 10:00 AM, Anna Berg &lt;anna@shop.example&gt; wrote:<br></div>"
        f'<blockquote class="front-blockquote" style="border-left:1px #ccc solid">{OLD}</blockquote>'
    ),
    "samsung": (
        f'<div>{MINE}</div><div><br></div><div id="composer_signature"><div>Sent from my Galaxy</div>'
        '</div><div><br></div><div style="font-size:100%;color:#000000"><!-- originalMessage --><div>'
        "-------- Original message --------</div><div>"
        "From: Anna Berg &lt;anna@shop.example&gt; </div><div>"
        "Date: 01/01/2024  10:00  (GMT+01:00) </div><div>To: x@y.example </div><div>"
        f"Subject: Lamp </div><div><br></div></div>{OLD}"
    ),
    "aol": (
        f'<div style="color:black;">{MINE}<div>-----Original Message-----<br>'
        "From: Anna &lt;anna@shop.example&gt;<br>To: x@y.example<br>"
        "Sent: Mon, Jan 1, 2024 10:00 am<br>Subject: Lamp</div>"
        f'<div class="aolReplacedBody" id="yiv1">{OLD}</div></div>'
    ),
    "tutanota": (
        f"<div>{MINE}</div><br>1 Jan 2024, 10:00 by anna@shop.example:<br>"
        '<blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8;">'
        f"{OLD}</blockquote>"
    ),
    "hotmail stopSpelling": (
        f'<div dir="ltr">{MINE}<br><div><hr id="stopSpelling">Date: Mon, 1 Jan 2024 10:00:00 +0100<br>'
        f"From: anna@shop.example<br>To: x@y.example<br>Subject: Lamp<br><br>{OLD}</div></div>"
    ),
    "windows mail": (
        f"<div>{MINE}</div>"
        '<div style="mso-element:para-border-div;border:none;border-top:solid #E1E1E1 '
        '1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal" style="border:none;padding:0in">'
        f"{BLOCK}</p></div>{OLD}"
    ),
    "notes": (
        f"<font>{MINE}</font><br><br><font color=#5f5f5f>From: </font><font>"
        "Anna Berg &lt;anna@shop.example&gt;</font><br><font color=#5f5f5f>To: </font><font>"
        "x@y.example</font><br><font>Date: </font><font>01.01.2024 10:00</font><br><font>"
        f"Subject: </font><font>Lamp</font><br><hr noshade>{OLD}"
    ),
    "helpscout": (
        f'<div>{MINE}</div><div class="gmail_extra"><br><div class="gmail_quote">{WROTE}<br>'
        f'<blockquote class="gmail_quote">{OLD}</blockquote></div></div>'
    ),
}


@pytest.mark.parametrize("client", CLIENTS)
def test_the_old_mail_is_cut(client: str) -> None:
    reply = split(from_html(CLIENTS[client]).marked, sure=True)
    assert reply.text.split() == ["The", "lamp", "is", "still", "broken.", "Please", "call", "me."]


QUOTE = "blockquote class='gmail_quote'"
KEPT = {
    "a citation above the comment": "<p>You say:</p><blockquote>Returns within 30 days.</blockquote><p>Not so.</p>",
    "answers between Gmail's quotes": "<div>See below.</div><div class='gmail_quote'>"
    f"<div class='gmail_attr'>{WROTE}</div><{QUOTE}>Is it red?</blockquote><div>Yes it is.</div>"
    f"<{QUOTE}>Which bulb?</blockquote><div>The old.</div></div>",
    "an answer under Gmail's quote": f"<div class='gmail_quote'><{QUOTE}>Is it red?</blockquote><div>Yes.</div></div>",
    "Gmail's own button for citing": f"<div>The manual says</div><{QUOTE}>Do not wash.</blockquote>",
    "answers between Thunderbird's": "<blockquote type=cite>Is it red?</blockquote><p>Yes.</p>"
    "<blockquote type=cite>Which bulb?</blockquote><p>The old.</p>",
    "nothing but a quote": "<blockquote>My whole complaint.</blockquote>",
    "an indent": "<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>Indented.</blockquote><p>Second.</p>",
    "a rule of the customer's": "<p>Before.</p><div style='border:none;border-top:solid windowtext 1.0pt;"
    "padding:1.0pt 0cm 0cm 0cm'><p>After the line.</p></div>",
}
OWN = {
    "an answer under Gmail's quote": "Yes.",
}


@pytest.mark.parametrize("case", KEPT)
def test_the_customers_own_words_stay(case: str) -> None:
    read = from_html(KEPT[case])
    reply = split(read.marked, sure=True)
    for word in re.findall(r"\w+", OWN.get(case, read.text)):
        assert word in reply.text
