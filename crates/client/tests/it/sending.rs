//! Over a socket.

use std::sync::Arc;
use std::time::Duration;

use codec_native::Code;
use keystead_client::{Client, ClientConfig, ClientError, calls};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls_pki_types::PrivateKeyDer;
use secret::SecretBytes;

use crate::server::{answer, error, serve};

fn client(address: &str, authority: Option<Vec<u8>>) -> Client {
    let token = Some(SecretBytes::take_vec(b"kst_good\n".to_vec()));
    let timeout = Duration::from_secs(10);
    let address = address.parse().unwrap();
    Client::new(ClientConfig { address, token, authority, timeout, retries: 2 }).unwrap()
}

fn status() -> String {
    answer("200 OK", "", r#"{"initialised":true,"sealed":false,"root":"keyfile","shares":null,"newer":1}"#)
}

#[tokio::test]
async fn a_call_carries_the_token_and_reads_an_answer_that_has_grown() {
    let (port, received) = serve(vec![status()], None).await;
    let answer = client(&format!("http://127.0.0.1:{port}"), None).send(&calls::status()).await.unwrap();
    assert_eq!(answer.root, "keyfile");
    let text = received.lock().unwrap().join("");
    assert!(text.starts_with("GET /keystead/v1/sys/status HTTP/1.1\r\n"), "{text}");
    assert!(text.contains("authorization: Bearer kst_good\r\n"), "{text}");
    assert!(text.contains(&format!("host: 127.0.0.1:{port}\r\n")), "{text}");
}

#[tokio::test]
async fn what_was_surely_not_done_is_tried_again_and_nothing_else() {
    let again = error("503 Service Unavailable", "retry-after: 0\r\n", "audit_unavailable");
    let (port, received) = serve(vec![again.clone(), again.clone(), status()], None).await;
    client(&format!("http://127.0.0.1:{port}"), None).send(&calls::status()).await.unwrap();
    assert_eq!(received.lock().unwrap().len(), 3);

    let (port, received) = serve(vec![again.clone(), again.clone(), again], None).await;
    let failed = client(&format!("http://127.0.0.1:{port}"), None).send(&calls::status()).await.unwrap_err();
    assert_eq!((failed.code(), failed.request_id()), (Some(Code::AuditUnavailable), Some("r-1")));
    assert_eq!(received.lock().unwrap().len(), 3, "two tries more and no further");

    for (status, code) in [("503 Service Unavailable", "outcome_unknown"), ("403 Forbidden", "denied")] {
        let (port, received) = serve(vec![error(status, "", code), self::status()], None).await;
        let failed =
            client(&format!("http://127.0.0.1:{port}"), None).send(&calls::seal()).await.unwrap_err();
        assert_eq!(failed.code().map(Code::word), Some(code));
        assert!(failed.to_string().contains("request r-1"), "{failed}");
        assert_eq!(received.lock().unwrap().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn answers_of_others_and_broken_ones_are_told_apart() {
    let (port, _) = serve(vec![answer("502 Bad Gateway", "", "<html>")], None).await;
    let failed = client(&format!("http://127.0.0.1:{port}"), None).send(&calls::me()).await.unwrap_err();
    assert!(
        matches!(&failed, ClientError::Strange { status: 502, request_id: Some(id) } if id == "r-1"),
        "{failed:?}"
    );

    let (port, received) =
        serve(vec!["HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{".to_owned()], None).await;
    let failed = client(&format!("http://127.0.0.1:{port}"), None).send(&calls::me()).await.unwrap_err();
    assert!(matches!(failed, ClientError::Broken { .. }), "{failed:?}");
    assert_eq!(received.lock().unwrap().len(), 1, "it may have been done, so it is not sent again");
}

#[tokio::test]
async fn https_trusts_the_given_authority_and_no_other() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let (port, _) = serve(vec![status(), status()], Some(acceptor.clone())).await;
    let address = format!("https://127.0.0.1:{port}");
    client(&address, Some(cert.pem().into_bytes())).send(&calls::status()).await.unwrap();

    let (port, _) = serve(vec![status(), status(), status()], Some(acceptor)).await;
    let other = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap().cert.pem();
    let address = format!("https://127.0.0.1:{port}");
    let failed = client(&address, Some(other.into_bytes())).send(&calls::status()).await.unwrap_err();
    assert!(matches!(failed, ClientError::Unreachable { .. }), "{failed:?}");

    let config = |authority| ClientConfig {
        address: "https://127.0.0.1:1".parse().unwrap(),
        token: None,
        authority,
        timeout: Duration::from_secs(1),
        retries: 0,
    };
    assert!(matches!(Client::new(config(None)), Err(ClientError::Authority(_))));
    assert!(matches!(Client::new(config(Some(b"nothing".to_vec()))), Err(ClientError::Authority(_))));
}
