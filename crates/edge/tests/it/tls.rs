//! TLS: the handshake, what is spoken over it, and a certificate that changes under way.

use std::sync::Arc;

use edge::{Identity, Limits, Timeouts, TlsConfig, TlsError};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::kit::{Client, Running, config, millis, post, start};

struct Certificate {
    der: CertificateDer<'static>,
    identity: Identity,
}

fn certificate() -> Certificate {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let identity = Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
    Certificate { der: made.cert.der().clone(), identity }
}

async fn connect(
    server: &Running,
    trusted: &Certificate,
    alpn: &[u8],
) -> std::io::Result<Client<TlsStream<TcpStream>>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.der.clone()).unwrap();
    let mut client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![alpn.to_vec()];
    let stream = TcpStream::connect(server.address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    Ok(Client::new(TlsConnector::from(Arc::new(client)).connect(name, stream).await?))
}

async fn start_tls(certificate: &Certificate, timeouts: Timeouts) -> (Running, TlsConfig) {
    let tls = TlsConfig::new(certificate.identity.clone()).unwrap();
    (start(config(Limits::default(), timeouts, Some(tls.clone()))).await, tls)
}

#[tokio::test]
async fn a_reload_swaps_the_certificate_and_keeps_connections() {
    let (old, new) = (certificate(), certificate());
    let (server, tls) = start_tls(&old, Timeouts::default()).await;
    let mut standing = connect(&server, &old, b"http/1.1").await.unwrap();
    assert_eq!(standing.ask(post("", "before")).await.text(), "before");
    tls.replace(new.identity.clone());
    assert_eq!(standing.ask(post("", "after")).await.text(), "after");
    assert!(connect(&server, &old, b"http/1.1").await.is_err());
    let mut fresh = connect(&server, &new, b"http/1.1").await.unwrap();
    assert_eq!(fresh.ask(post("", "new")).await.text(), "new");
}

#[tokio::test]
async fn http2_is_agreed_on() {
    let certificate = certificate();
    let (server, _tls) = start_tls(&certificate, Timeouts::default()).await;
    let client = connect(&server, &certificate, b"h2").await.unwrap();
    assert_eq!(client.stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    crate::http2::converse(client.stream).await;
}

#[tokio::test]
async fn handshakes_that_stall_or_fail_are_closed() {
    let certificate = certificate();
    let timeouts = Timeouts { tls_handshake: millis(150), ..Timeouts::default() };
    let (server, _tls) = start_tls(&certificate, timeouts).await;
    let mut mute = server.connect().await;
    assert!(mute.is_closed_within(millis(2_000)).await);
    let cut = "keystead_edge_connections_cut_total{reason=\"tls_handshake\"}";
    assert_eq!(server.metric(cut), Some(1));
    let mut plain = server.connect().await;
    plain.send(post("", "")).await;
    server.until("it failed", |server| server.metric("keystead_edge_tls_failures_total") == Some(1)).await;
}

#[tokio::test]
async fn identities_that_cannot_serve_are_refused() {
    let made = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (one, other) = (made(), made());
    let from = |chain: &str, key: &str| Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap_err();
    let stranger = from(&one.cert.pem(), &other.signing_key.serialize_pem());
    assert!(matches!(stranger, TlsError::Refused(rustls::Error::InconsistentKeys(_))), "{stranger}");
    let none = from("", &one.signing_key.serialize_pem());
    assert_eq!(none.to_string(), "the certificate file holds no certificate");
    assert!(matches!(from(&one.cert.pem(), "no key"), TlsError::Pem(_)));
}
