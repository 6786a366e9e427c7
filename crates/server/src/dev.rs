//! `keystead dev`: a whole system on loopback for development and tests. Nothing is switched off: policies, states and
//! audit are those of `server`.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secret::SecretBytes;
use store_record::Options;

use crate::config::{Config, Layered, MetricsAt, Origin, RootKind, TlsMode};
use crate::dev_args::DevArgs;
use crate::lifetime::Lifetime;
use crate::paste::Paste;
use crate::serve::Serving;
use crate::start::{First, started};
use crate::system::{StartError, System};
use crate::telemetry;
use crate::travel::{self, TravelClock};

/// Runs until it is told to stop.
pub(crate) async fn run(layers: &Layered, args: DevArgs) -> Result<(), StartError> {
    let temporary = if args.data_dir.is_none() {
        Some(
            tempfile::Builder::new()
                .prefix("keystead-dev-")
                .tempdir()
                .map_err(StartError::while_doing("data folder"))?,
        )
    } else {
        None
    };
    let config = config(layers, &args, temporary.as_ref().map(tempfile::TempDir::path))?;
    telemetry::start(&config).map_err(|e| StartError(e.0))?;
    let system = open(config, args.time_travel.as_deref())?;
    let first = || {
        let access_key = Some((args.access_key.id.clone(), args.access_key.secret_bytes()));
        let token = SecretBytes::take_vec(args.root_token.clone().into_bytes());
        Ok(First { name: "dev", access_key, token })
    };
    started(&system, first, Options::default()).await?;
    let serving = Serving::bind(system).await?;
    announce(&serving, &args)?;
    serving.run(std::future::pending()).await
}

/// Looks at what is due every second, and with `--time-travel` as often as at the file.
fn open(config: Config, file: Option<&Path>) -> Result<Arc<System>, StartError> {
    let Some(file) = file else {
        return System::open_living_by(config, |clock| Lifetime::by(clock).every(Duration::from_secs(1)));
    };
    let mut travelling = None;
    let system = System::open_living_by(config, |clock| {
        let clock = Arc::clone(travelling.insert(TravelClock::over(clock)));
        Lifetime::by(clock).every(travel::EVERY)
    })?;
    if let Some(clock) = travelling {
        travel::start(&clock, file)?;
        tokio::spawn(travel::follow(clock, file.to_owned()));
    }
    Ok(system)
}

fn config(layers: &Layered, args: &DevArgs, temporary: Option<&Path>) -> Result<Config, StartError> {
    if !args.listen.ip().is_loopback() {
        return Err(StartError(format!(
            "`dev` listens on loopback only, and {} is none; use `keystead server` for other addresses",
            args.listen.ip()
        )));
    }
    let mut config = Config::from_layers(layers).map_err(|e| StartError(e.0))?;
    config.listen = args.listen;
    config.account = args.account;
    config.regions.clone_from(&args.regions);
    // It listens on loopback only, and several run side by side.
    if *layers.get("metrics.listen").1 == Origin::Default {
        config.metrics = MetricsAt::Shared;
    }
    config.tls = if args.tls { TlsMode::OwnCa } else { TlsMode::Off };
    config.in_memory = args.memory;
    config.root = if args.memory { RootKind::Memory } else { RootKind::Keyfile };
    if let Some(dir) = args.data_dir.as_deref().or(temporary) {
        config.data_dir = dir.to_owned();
        config.keyfile = dir.join("root.key");
    }
    Ok(config)
}

/// The lines to paste, and the line that says that connections are taken.
fn announce(serving: &Serving, args: &DevArgs) -> Result<(), StartError> {
    let region = args.regions.first().map_or("us-east-1", String::as_str);
    let paste = Paste {
        address: serving.address(),
        tls: args.tls,
        region,
        access_key_id: args.access_key.id.as_str(),
        secret: &args.access_key.secret,
        token: &args.root_token,
        authority: serving.authority.as_deref(),
    };
    let mut out = std::io::stdout().lock();
    let text = format!(
        "keystead dev: for development on this machine only; its credentials are no secret\n\n{}\nready {}\n",
        paste.text(),
        paste.url()
    );
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(StartError::while_doing("standard output"))
}
