//! `keystead demo`: the main job on the embedded default, shown step by step, then kept serving.
//!
//! Every step goes through the same gate as a client's request would; only the wire is left out.

mod tour;

use std::io::Write;
use std::sync::Arc;

use domain::CredentialId;
use secret::SecretBytes;
use store_record::Options;

use crate::args::DemoArgs;
use crate::config::{Config, Layered, MetricsAt, RootKind, TlsMode};
use crate::paste::Paste;
use crate::serve::Serving;
use crate::start::{First, started};
use crate::system::{StartError, System};
use crate::telemetry;

const ACCESS_KEY_ID: &str = "AKIDKEYSTEADDEMO0000";
const SECRET: &str = "keystead-demo-secret-never-use-elsewhere";
const TOKEN: &str = "demo";

/// Shows the tour; serves on afterwards unless told to end.
pub(crate) async fn run(layers: &Layered, args: DemoArgs) -> Result<(), StartError> {
    let dir = tempfile::Builder::new()
        .prefix("keystead-demo-")
        .tempdir()
        .map_err(StartError::while_doing("data folder"))?;
    let system = System::open(config(layers, dir.path())?)?;
    started(&system, first, Options::default()).await?;
    let serving = Serving::bind(Arc::clone(&system)).await?;
    let address = serving.address();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serving.run(async move {
        let _ = stopped.await;
    }));
    tour::show(&system, dir.path()).await?;
    let paste = Paste {
        address,
        tls: false,
        region: "us-east-1",
        access_key_id: ACCESS_KEY_ID,
        secret: SECRET,
        token: TOKEN,
        authority: None,
    };
    say(&format!("\nIt is yours to try, from another terminal:\n\n{}\n", paste.text()))?;
    if args.exit {
        let _ = stop.send(());
    } else {
        say(&format!("serving on {}; stop it with Ctrl-C\n", paste.url()))?;
        std::mem::forget(stop);
    }
    server.await.map_err(StartError::while_doing("server"))?
}

/// A line for whoever watches.
pub(crate) fn say(text: &str) -> Result<(), StartError> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(StartError::while_doing("standard output"))
}

fn config(layers: &Layered, dir: &std::path::Path) -> Result<Config, StartError> {
    let mut config = Config::from_layers(layers).map_err(|e| StartError(e.0))?;
    config.listen = ([127, 0, 0, 1], 0).into();
    config.metrics = MetricsAt::Shared;
    config.tls = TlsMode::Off;
    config.root = RootKind::Keyfile;
    config.data_dir = dir.to_owned();
    config.keyfile = dir.join("root.key");
    "error".clone_into(&mut config.log_level);
    telemetry::start(&config).map_err(|e| StartError(e.0))?;
    Ok(config)
}

fn first() -> Result<First, StartError> {
    let id = CredentialId::new(ACCESS_KEY_ID).map_err(StartError::while_doing("demo credential"))?;
    let bytes = |text: &str| SecretBytes::take_vec(text.as_bytes().to_vec());
    Ok(First { name: "demo", access_key: Some((id, bytes(SECRET))), token: bytes(TOKEN) })
}
