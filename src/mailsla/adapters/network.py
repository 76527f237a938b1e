"""What the network's adapters share: which hosts may go without TLS, and failures in words."""

import ipaddress
import socket
import ssl

from mailsla.errors import ConfigError, Problem


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
        return (
            f"its certificate is not trusted: {error.verify_message}",
            "use the host name that the certificate is for; of a private CA: export SSL_CERT_FILE=ITS.pem, also for "
            "the service, or put it into the system's store (update-ca-certificates)",
        )
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
    return error.strerror or str(error) or type(error).__name__, ""
