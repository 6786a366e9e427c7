"""The AWS CLI, as a person uses it. Each call starts Python anew, so there are few."""

import base64


def test_a_file_is_encrypted_and_comes_back(aws, keystead, tmp_path, name):
    key = aws.ok("create-key", "--description", "made by hand")["KeyMetadata"]
    assert key["KeyState"] == "Enabled" and key["Arn"] == keystead.key_arn(key["KeyId"])
    aws.ok("create-alias", "--alias-name", f"alias/{name}", "--target-key-id", key["KeyId"])
    plain, sealed = tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(bytes(range(256)))
    context = ("--encryption-context", "purpose=test")
    answer = aws.ok("encrypt", "--key-id", f"alias/{name}", "--plaintext", f"fileb://{plain}", *context)
    sealed.write_bytes(base64.b64decode(answer["CiphertextBlob"]))
    back = aws.ok("decrypt", "--ciphertext-blob", f"fileb://{sealed}", *context)
    assert base64.b64decode(back["Plaintext"]) == plain.read_bytes()
    said = aws.fails("decrypt", "--ciphertext-blob", f"fileb://{sealed}")
    assert "(InvalidCiphertextException) when calling the Decrypt operation" in said


def test_a_disabled_key_says_so(aws, keystead, key):
    aws.ok("disable-key", "--key-id", key)
    said = aws.fails("generate-data-key", "--key-id", key, "--key-spec", "AES_256")
    assert f"(DisabledException) when calling the GenerateDataKey operation: {keystead.key_arn(key)} is disabled." in said
    assert aws.ok("describe-key", "--key-id", key)["KeyMetadata"]["KeyState"] == "Disabled"


def test_listing_and_a_wrong_secret(aws, key):
    assert key in {entry["KeyId"] for entry in aws.ok("list-keys")["Keys"]}
    assert "(InvalidSignatureException)" in aws.fails("list-keys", AWS_SECRET_ACCESS_KEY="wrong" * 8)
