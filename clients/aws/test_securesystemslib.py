"""securesystemslib's AWS signer, with which TUF and in-toto sign metadata: it imports public keys and signs digests."""

import botocore.exceptions
import pytest
from securesystemslib.exceptions import UnsupportedAlgorithmError, UnverifiedSignatureError
from securesystemslib.signer import AWSSigner, Signer

PAYLOAD = b'{"_type": "targets"}'
SPECS = [("ECC_NIST_P256", "ecdsa-sha2-nistp256"), ("ECC_NIST_P384", "ecdsa-sha2-nistp384")]
RSA = [f"{scheme}-sha{size}" for scheme in ("rsassa-pss", "rsa-pkcs1v15") for size in (256, 384, 512)]


@pytest.fixture(autouse=True)
def ambient(aws_variables, monkeypatch):
    """The signer takes all that it needs from the environment."""
    for name, value in aws_variables.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def rsa(kms_for):
    return make(kms_for(), "RSA_2048")


def make(kms, spec):
    return kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]


def sign_and_verify(reference, scheme, asked=None):
    uri, public = AWSSigner.import_(reference, asked)
    assert public.scheme == scheme
    signature = Signer.from_priv_key_uri(uri, public).sign(PAYLOAD)
    public.verify_signature(signature, PAYLOAD)
    with pytest.raises(UnverifiedSignatureError):
        public.verify_signature(signature, PAYLOAD + b" ")


@pytest.mark.parametrize(("spec", "scheme"), SPECS)
def test_a_curve_signs(keystead, kms, spec, scheme):
    key = make(kms, spec)
    sign_and_verify(keystead.key_arn(key), scheme)
    assert [use[:2] for use in keystead.uses(key)][1:] == [("GetPublicKey", "success"), ("Sign", "success")]


@pytest.mark.parametrize("scheme", RSA)
def test_rsa_signs_in_every_scheme(rsa, scheme):
    sign_and_verify(rsa, scheme, scheme)


def test_without_a_scheme_rsa_signs_with_pss(kms, keystead, rsa, name):
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=rsa)
    sign_and_verify(f"alias/{name}", "rsassa-pss-sha256")


def test_a_scheme_of_another_kind_of_key_is_refused(rsa):
    with pytest.raises(UnsupportedAlgorithmError):
        AWSSigner.import_(rsa, "ecdsa-sha2-nistp256")


def test_a_disabled_key_does_not_sign(keystead, kms):
    key = make(kms, "ECC_NIST_P256")
    uri, public = AWSSigner.import_(key)
    kms.disable_key(KeyId=key)
    with pytest.raises(botocore.exceptions.ClientError, match="DisabledException"):
        Signer.from_priv_key_uri(uri, public).sign(PAYLOAD)
    operation, outcome, _ = keystead.uses(key)[-1]
    assert operation == "Sign" and outcome != "success"
