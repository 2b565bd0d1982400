"""An app proves who it is with a certificate instead of a secret: a signed assertion, made anew each time.

Law: what is wrong with the file is one `ValueError`, whose text names neither the key nor the file's contents.
Microsoft Learn, Microsoft identity platform application authentication certificate credentials: PS256 and `x5t#S256`.
"""

from __future__ import annotations

import base64
import uuid
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIVES, LEAST_BITS = 600, 2048


def proof(app_id: str, endpoint: str, path: Path, now: float) -> dict[str, str]:
    """The fields of a form that stand in the place of a secret. Raises `ValueError`."""
    return {"client_assertion_type": KIND, "client_assertion": assertion(app_id, endpoint, path, now)}


def assertion(app_id: str, endpoint: str, path: Path, now: float) -> str:
    """Who `app_id` is, for the token endpoint alone. Raises `ValueError`. Reads the file, so that it can be renewed."""
    key, certificate = key_and_certificate(path)
    claims = {
        "aud": endpoint,
        "iss": app_id,
        "sub": app_id,
        "jti": str(uuid.uuid4()),
        "iat": int(now),
        "nbf": int(now),
        "exp": int(now) + LIVES,
    }
    return jwt.encode(claims, key, algorithm="PS256", headers={"x5t#S256": thumbprint(certificate)})


def thumbprint(certificate: x509.Certificate) -> str:
    return base64.urlsafe_b64encode(certificate.fingerprint(SHA256())).rstrip(b"=").decode()


def key_and_certificate(path: Path) -> tuple[RSAPrivateKey, x509.Certificate]:
    """The private key, and of the file's certificates the one that belongs to it. Raises `ValueError`."""
    try:
        pem = path.read_bytes()
        key = load_pem_private_key(pem, None)
        chain = x509.load_pem_x509_certificates(pem)
    except OSError:
        raise ValueError("the file cannot be read") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("the file must hold a private key without a passphrase, and its certificate") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise ValueError(f"the private key must be an RSA key of at least {LEAST_BITS} bits")
    for certificate in chain:
        if certificate.public_key() == key.public_key():
            return key, certificate
    raise ValueError("the file's certificate does not belong to its private key")
