"""The mails that stop the standard library's parser (mail.md section 2), made on demand."""

from collections.abc import Callable

HEAD = b"From: a@b.example\r\nTo: s@shop.example\r\nSubject: lamp\r\nMessage-ID: <1@b.example>\r\n"


def nested(levels: int) -> bytes:
    parts = b"".join(
        b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (n, n + 1) for n in range(levels)
    )
    return HEAD + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n' + parts + b"--b%d\r\n\r\nhi\r\n" % levels


def multipart(body: bytes) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + body


def addresses() -> bytes:
    many = b", ".join(b"u%d@b.example" % n for n in range(16_000))
    return b"From: a@b.example\r\nSubject: lamp\r\nTo: " + many + b"\r\n\r\nhi\r\n"


KILLERS: dict[str, Callable[[], bytes]] = {
    "parts": lambda: multipart(b"--x\r\n\r\na\r\n" * 200_000 + b"--x--\r\n"),
    "nested": lambda: nested(500),
    "same boundary": lambda: multipart(b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 20_000),
    "delimiters": lambda: multipart(b"--x" * 1_000_000),
    "addresses": addresses,
    "subject": lambda: b"From: a@b.example\r\nSubject: lamp" + b"\r\n y" * 200_000 + b"\r\n\r\nhi\r\n",
    "parameters": lambda: HEAD + b"Content-Type: text/plain" + b"; a=b" * 8_000 + b"\r\n\r\nhi\r\n",
    "headers": lambda: HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(100_000)) + b"\r\nhi\r\n",
    "groups": lambda: b"From: a@b.example\r\nTo: a:b@c.example,;,;:\r\nMessage-ID: <@>\r\nSubject: lamp\r\n\r\nhi\r\n",
    "charset": lambda: HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\nhi \xff\r\n",
    "html": lambda: HEAD + b"Content-Type: text/html\r\n\r\nhi" + b"<div><b>a" * 100_000,
    "quotes": lambda: HEAD + b"\r\nhi\r\n" + b"On 1 Jan 2020 at 10:00 x@y.example wrote:\r\nhello\r\n" * 10_000,
    "large": lambda: HEAD + b"\r\nhi\r\n" + b"a line of text that is long enough to be one\r\n" * 1_000_000,
}
