"""What the network's adapters share: which hosts may go without TLS, and failures in words."""

import ipaddress
import socket
import ssl

from mailsla.errors import ConfigError, Problem

_MEND_OF_CERTIFICATE = (
    "of a private CA, or self-signed: export SSL_CERT_FILE=ITS.pem, also for the service, or put it into the system's "
    "store (update-ca-certificates)"
)
_MENDS_OF_CERTIFICATE = {  # by the code that OpenSSL gives (X509_V_ERR_...)
    9: "set this machine's clock, or wait: it is not valid yet",
    10: "whoever runs the server has to renew it, unless this machine's clock is wrong",
    62: "set host to the name that the certificate is for",
    64: "set host to the name that the certificate is for",
}
CUT_OFF = "the connection was cut off"
MEND_OF_CUT = (
    "mailsla tries again by itself; if it goes on, see the server's log, and what is between (firewall, router)"
)
MEND_OF_STARTTLS = "check port and security: it may want tls, or something in between takes STARTTLS away"
NOT_ITS_PROTOCOL = "check host, port and security: something else may listen there"


def refuse_clear_text(where: str, host: str, security: str) -> None:
    """Raises ConfigError when `security` is "none" for a host that is not this machine: a password never crosses a
    network in clear text."""
    if security == "none" and not _is_loopback(host):
        problem = Problem(
            where, f'security = "none" for {host}', 'use "tls" or "starttls"; "none" is for loopback only'
        )
        raise ConfigError((problem,))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def failure(error: OSError, seconds: float) -> tuple[str, str]:
    """The cause of a failed socket operation and its mend. `seconds`: the deadline it had."""
    if isinstance(error, ssl.SSLCertVerificationError):
        mend = _MENDS_OF_CERTIFICATE.get(error.verify_code, _MEND_OF_CERTIFICATE)
        return f"its certificate is not trusted: {error.verify_message}", mend
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return CUT_OFF, MEND_OF_CUT
    if isinstance(error, ssl.SSLError):
        return (
            f"TLS failed: {error.reason or error}",
            "check port and security: 993 and 465 are tls, 143 and 587 starttls",
        )
    if isinstance(error, socket.gaierror):
        return f"its name can't be resolved: {error.strerror}", "check host, and this machine's DNS"
    if isinstance(error, TimeoutError):
        return f"no answer within {seconds:g} s", "check host, port and the firewall"
    if isinstance(error, ConnectionRefusedError):
        return "it refuses connections", "check host and port, and that the server runs"
    if isinstance(error, ConnectionError):
        return CUT_OFF, MEND_OF_CUT
    return error.strerror or str(error) or type(error).__name__, "check this machine's network"
