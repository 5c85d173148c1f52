"""Checking a client certificate before it is stored: PEM, with its own unencrypted private key."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils import timezone


def flaw(text: str) -> str:
    """Return in one sentence why a certificate cannot be used, without a word of it; empty when it can."""
    if len(text) > 65_536:
        return "This is longer than a certificate with its key can be (64 KiB)."
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        return "No certificate is in this text. It begins with -----BEGIN CERTIFICATE-----."
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except TypeError:
        return "The private key is encrypted. Paste it without its password."
    except (ValueError, UnsupportedAlgorithm):
        return "No private key is in this text. It begins with -----BEGIN PRIVATE KEY-----."
    if key.public_key() != certificate.public_key():
        return "The private key does not belong to this certificate."
    if certificate.not_valid_after_utc < timezone.now():
        return f"This certificate ended on {certificate.not_valid_after_utc:%-d %b %Y}."
    return ""
