"""The headers that servers on the way add: Received, DKIM, ARC, Authentication-Results, as large as real ones."""

import base64
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random  # noqa: TID251 - seeded: the same mails in every run

AUTHSERV = "mx.acme.example"
_RELAYS = ("mail-sor-f41.google.example", "smtp-out1.hoster.example", "EUR05-AM6-obe.outbound.outlook.example")


def transit(chance: Random, sender: str, to: str, at: int) -> str:
    """The block above the author's own headers, newest first, with CRLF line ends."""
    domain = sender.rpartition("@")[2]
    lines = [
        f"Return-Path: <{sender}>",
        f"Delivered-To: {to}",
        *(_received(chance, domain, to, at - 2 * hop) for hop in range(chance.randint(5, 8))),
        f"Authentication-Results: {AUTHSERV};\r\n dkim=pass header.d={domain} header.s=s2026;\r\n spf=pass"
        f" ({AUTHSERV}: domain of {sender} designates 198.51.100.{chance.randint(1, 250)} as permitted sender)\r\n"
        f" smtp.mailfrom={sender};\r\n dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from={domain}",
        _signature(chance, "DKIM-Signature", "v=1; ", domain, at),
    ]
    if chance.random() < 0.5:
        lines += [
            f"ARC-Seal: i=1; a=rsa-sha256; t={at}; cv=none;\r\n d={domain}; s=arc-2026;\r\n b={_wrapped(chance, 256)}",
            _signature(chance, "ARC-Message-Signature", "i=1; ", domain, at),
            f"ARC-Authentication-Results: i=1; relay.{domain}; dkim=pass header.i=@{domain};\r\n spf=pass "
            f"smtp.mailfrom={sender}; dmarc=pass header.from={domain}",
        ]
    if chance.random() < 0.4:
        lines.append(f"X-Google-Smtp-Source: {_noise(chance, 60)}\r\nX-Received: by 2002:a05:600c:4e8b with SMTP")
    if chance.random() < 0.5:
        lines.append("X-Spam-Status: No, score=-2.1 required=5.0 tests=BAYES_00,DKIM_SIGNED,DKIM_VALID,SPF_PASS")
    return "".join(f"{line}\r\n" for line in lines)


def _received(chance: Random, domain: str, to: str, at: int) -> str:
    relay, number = chance.choice(_RELAYS), chance.randint(1, 250)
    date = format_datetime(datetime.fromtimestamp(at, UTC))
    return (
        f"Received: from {relay} ({relay} [203.0.113.{number}])\r\n\tby mx{number}.{domain} (Postfix) with ESMTPS"
        f" id {_noise(chance, 11)}\r\n\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256)"
        f"\r\n\tfor <{to}>; {date}"
    )


def _signature(chance: Random, name: str, first: str, domain: str, at: int) -> str:
    return (
        f"{name}: {first}a=rsa-sha256; c=relaxed/relaxed;\r\n d={domain}; s=s2026; t={at};\r\n"
        " h=to:subject:message-id:date:from:mime-version:references:in-reply-to;\r\n"
        f" bh={_noise(chance, 32)}=;\r\n b={_wrapped(chance, 256)}"
    )


def _wrapped(chance: Random, octets: int) -> str:
    text = _noise(chance, octets)
    return "\r\n  ".join(text[start : start + 70] for start in range(0, len(text), 70))


def _noise(chance: Random, octets: int) -> str:
    return base64.b64encode(chance.randbytes(octets)).decode().rstrip("=")
