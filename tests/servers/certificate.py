"""A self-signed certificate for this machine, made at start."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """PEM files. A client trusts it by SSL_CERT_FILE = cert."""

    cert: Path
    key: Path


def make_certificate(folder: Path, names: str = "DNS:localhost", *, expired: bool = False) -> Certificate:
    """`names`: the subjectAltName, in openssl's words. `expired`: it was valid until yesterday."""
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=mailsla test", "-addext", f"subjectAltName={names}"]
    command += ["-addext", "keyUsage=digitalSignature,keyCertSign"]
    subprocess.run([*command, "-keyout", str(made.key), "-out", str(made.cert)], check=True, capture_output=True)
    if expired:
        again = ["openssl", "x509", "-in", str(made.cert), "-signkey", str(made.key), "-days", "-1"]
        subprocess.run([*again, "-out", str(made.cert)], check=True, capture_output=True)
    return made
