//! Each call once, as it would be shown. The dialect reads this file too: both sides must agree.

use codec_native as wire;
use keystead_client::{Call, Page, calls};
use secret::SecretBytes;

fn secret() -> SecretBytes {
    SecretBytes::take_vec(b"attack at dawn".to_vec())
}

#[test]
fn each_call_is_as_reviewed() {
    let mut golden = String::new();
    fn show<T>(golden: &mut String, call: Call<T>) {
        golden.push_str(&call.shown());
        golden.push('\n');
    }
    let g = &mut golden;
    let (t, key) = ("default", "vault:transit/app");
    let document = || wire::Document { language: "iam".to_owned(), text: "{}".to_owned() };
    let page = Page { after: Some("AP8".to_owned()), limit: Some(5) };
    show(g, calls::status());
    show(g, calls::seal());
    show(g, calls::unseal(&wire::UnsealRequest { share: wire::SecretText(secret()) }).unwrap());
    show(g, calls::reset_unseal());
    show(g, calls::me());
    let (number, name) = ("000000000042".to_owned(), "second".to_owned());
    show(g, calls::create_account(&wire::CreateAccountRequest { number, name }).unwrap());
    let bindings = vec!["aws:000000000042/eu-west-1".to_owned()];
    let tenant = wire::CreateTenantRequest { name: "eu".to_owned(), account: None, bindings };
    show(g, calls::create_tenant(&tenant).unwrap());
    show(g, calls::list_tenants());
    show(g, calls::create_key(t, &wire::CreateKeyRequest::default()).unwrap());
    show(g, calls::list_keys(t, &page));
    show(g, calls::show_key(t, key));
    show(g, calls::enable_key(t, key));
    show(g, calls::disable_key(t, key));
    show(g, calls::rotate_key(t, key));
    show(g, calls::cancel_destruction(t, key));
    show(g, calls::schedule_destruction(t, key, wire::ScheduleRequest { wait: Some(604_800) }).unwrap());
    let plaintext = wire::SecretBase64(secret());
    let encrypt = wire::EncryptRequest { plaintext, context: wire::Pairs::default(), associated_data: None };
    show(g, calls::encrypt(t, key, &encrypt).unwrap());
    let ciphertext = wire::Base64(vec![1, 2, 3]);
    let decrypt = wire::DecryptRequest { ciphertext, context: wire::Pairs::default(), associated_data: None };
    show(g, calls::decrypt(t, "-", &decrypt).unwrap());
    show(g, calls::generate_data_key(t, key, &wire::DataKeyRequest::default()).unwrap());
    show(g, calls::generate_wrapped_data_key(t, key, &wire::DataKeyRequest::default()).unwrap());
    show(g, calls::get_key_policy(t, key));
    let put = wire::PutKeyPolicyRequest { policy: document(), bypass_lockout_check: false };
    show(g, calls::put_key_policy(t, key, &put).unwrap());
    let bind = wire::BindNameRequest { name: "aws:app".to_owned(), key: key.to_owned() };
    show(g, calls::bind_name(t, &bind).unwrap());
    show(g, calls::list_names(t, "native", Some(key), &page));
    let principal = wire::CreatePrincipalRequest {
        name: "alice".to_owned(),
        kind: None,
        roles: vec!["auditor".to_owned()],
        policies: Vec::new(),
        labels: wire::Pairs::default(),
    };
    show(g, calls::create_principal(&principal).unwrap());
    show(g, calls::list_principals(&Page::default()));
    show(g, calls::update_principal("alice", &wire::UpdatePrincipalRequest::default()).unwrap());
    show(g, calls::create_credential("alice", &wire::CreateCredentialRequest::default()).unwrap());
    show(g, calls::list_credentials("alice"));
    show(g, calls::revoke_credential("AKKS123"));
    let write = wire::WritePolicyRequest { document: document(), guards: None };
    show(g, calls::write_policy("writers", &write).unwrap());
    show(g, calls::list_policies());
    let (principal, key) = (None, Some("app".to_owned()));
    let explain = wire::ExplainRequest { tenant: None, principal, action: "key:encrypt".to_owned(), key };
    show(g, calls::explain(&explain).unwrap());
    let search = calls::AuditSearch { since: Some("2026-01-01T00:00:00Z".to_owned()), ..Default::default() };
    show(g, calls::search_audit(&search, &page));
    assert!(!golden.contains("YXR0"), "a plaintext is shown");
    assert!(!golden.contains("attack"), "a share is shown");
    insta::assert_snapshot!(golden);
}
