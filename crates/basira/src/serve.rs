//! `basira serve`: the service, until it is told to stop.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use pipeline::banking::Banking;
use pipeline::banks::Banks;
use pipeline::intake::{Intake, LookBack, Matching, Workers};
use pipeline::policies::{Deciding, Watch};
use pipeline::review::Settling;
use pipeline::webhook::{Deliverer, Guard, Network};
use store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::args::{Decoding, PlaceArguments, TierName};
use crate::certificates::{self, Certificate, HangUp};
use crate::climb::ClimbOptions;
use crate::exit::Outcome;
use crate::first;
use crate::logs;
use crate::notify;
use crate::operations::Operations;
use crate::policy_life;
use crate::print;
use crate::sign_in_options::SignInOptions;
use crate::steady::Steady;
use crate::telemetry::Telemetry;

/// How the service runs.
#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Address to listen on; port 0 takes a free one
    #[arg(
        long,
        env = "BASIRA_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) listen: std::net::SocketAddr,
    /// Address to listen on for clients of HMA; not without it
    #[arg(long, env = "BASIRA_HMA", value_name = "ADDRESS:PORT")]
    hma: Option<std::net::SocketAddr>,
    /// Serve clients of HMA that send no key; the address must be loopback or private
    #[arg(long, env = "BASIRA_HMA_TRUSTED")]
    hma_trusted: bool,
    #[command(flatten)]
    pub(crate) decoding: Decoding,
    /// How thoroughly to look for edited copies
    #[arg(long, value_enum, default_value_t = TierName::Standard)]
    pub(crate) tier: TierName,
    /// Items that are worked on at once [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Hours for which the bytes of an item without a match are kept
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    keep_bytes: u32,
    /// Days for which an item without a match is remembered
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    keep_items: u32,
    /// Days for which totals by the hour, and what each reviewer was shown, are kept
    #[arg(long, value_name = "DAYS", default_value_t = 400, value_parser = clap::value_parser!(u32).range(14..))]
    keep_totals: u32,
    /// A network that webhooks may lead to, beside the public internet, as 10.1.0.0/16; may be given more than once
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    webhook_network: Vec<Network>,
    /// Seconds for which a decision of people can be undone before anything of it leaves
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=3600))]
    review_undo: u64,
    /// Serve the forms by which anybody reports content or appeals, without an account: /report, /report/status and /appeal
    #[arg(long)]
    review_forms: bool,
    #[command(flatten)]
    sign_in: SignInOptions,
    /// What people here do about a suspected sexual abuse of a child: shown when somebody decides that an item is one
    #[arg(long, value_name = "TEXT")]
    review_child_duty: Option<String>,
    /// Whom people here call when a life is in danger: shown when somebody decides that it is
    #[arg(long, value_name = "TEXT")]
    review_life_contacts: Option<String>,
    /// A program of this machine that translates for the people who review: the text is its input, the language (ar, en) its argument
    #[arg(long, value_name = "PROGRAM")]
    review_translator: Option<PathBuf>,
    #[command(flatten)]
    climb: ClimbOptions,
    #[command(flatten)]
    operations: Operations,
}

impl ServeOptions {
    /// Whether the options fit together, and the certificate can be used.
    pub(crate) fn check(&self) -> Result<()> {
        if self.hma_trusted {
            let address = self
                .hma
                .context("--hma-trusted is about clients of HMA, and needs --hma ADDRESS:PORT")?;
            check_trusted(address)?;
        }
        self.translator()?;
        self.door().map(drop)
    }

    /// The program that translates.
    fn translator(&self) -> Result<Option<web::Translator>> {
        let program = self.review_translator.clone();
        program
            .map(web::Translator::new)
            .transpose()
            .context("--review-translator")
    }

    /// How connections are taken.
    fn door(&self) -> Result<web::Door> {
        let certificate = Certificate::of(&self.operations.tls)?;
        Ok(web::Door {
            limits: self.operations.limits.limits(),
            tls: certificate.map(|files| files.load()).transpose()?.map(Arc::new),
            proxies: self.operations.proxies()?,
        })
    }

    /// Items that are worked on at once.
    pub(crate) fn workers(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.unwrap_or_else(cores).max(1)
    }

    /// For how long bytes are kept.
    pub(crate) fn keep_bytes(&self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_hours(self.keep_bytes.into())
    }

    /// Where webhooks may lead to.
    pub(crate) fn guard(&self) -> Guard {
        Guard::new(self.webhook_network.clone())
    }

    /// For how long items are remembered.
    pub(crate) fn keep_items(&self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_hours(24 * i64::from(self.keep_items))
    }

    /// For how long totals are kept.
    fn keep_totals(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.keep_totals))
    }
}

/// How often what need not be kept is forgotten, and snapshots of the indexes are made.
const HOUSEKEEPING: Duration = Duration::from_secs(60);

/// For how long it is known who has sent a report: as long as they may complain of what became of it (Regulation (EU)
/// 2022/2065, Article 20), six months.
const KEEP_REPORTERS: SignedDuration = SignedDuration::from_hours(24 * 183);

pub(crate) fn run(place: &PlaceArguments, options: &ServeOptions) -> Result<Outcome> {
    options.check()?;
    logs::start(&options.operations.log)?;
    let telemetry = Telemetry::start(&options.operations.telemetry)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("web")
        .build()
        .context("the runtime does not start")?;
    let decoder = Arc::new(options.decoding.decoder(options.workers())?);
    let banks = Arc::new(place.banks_to_serve(end)?);
    let store = Arc::clone(banks.store());
    store.remove_orphans()?;
    let intake = Intake::new(Arc::clone(&store));
    let request = options.decoding.request().with_texts().with_reading();
    let deciding = Arc::new(Deciding::new(Arc::clone(&banks), Timestamp::now())?);
    let matching = Matching::new(
        Arc::clone(&banks),
        Arc::clone(&decoder),
        request,
        options.tier.tier(),
    )
    .with_climb_limits(options.climb.limits())
    .with_policies(Arc::clone(&deciding));
    let settings = web::Settings {
        max_item: request.limits.max_bytes,
        max_scan: options.operations.limits.scan(),
        request,
        guard: options.guard(),
        undo: Duration::from_secs(options.review_undo),
        child_duty: options.review_child_duty.clone(),
        life_contacts: options.review_life_contacts.clone(),
        translator: options.translator()?,
        forms: options.review_forms,
        secure: options.operations.is_secure() || options.sign_in.is_secure(),
        site: options.sign_in.console_url.clone(),
        provider: options.sign_in.provider()?,
    };
    // An address that is taken is told before there is anything that is shown only once.
    let listeners = Listeners::bind(options)?;
    first::key(&store)?;
    let link = first::link(&store)?;
    let look_back = LookBack::start(Arc::clone(&banks))?;
    let app = Arc::new(web::App::new(
        intake.clone(),
        Arc::clone(&banks),
        Arc::clone(&decoder),
        look_back,
        settings,
    )?);
    let deliverer = Deliverer::start(&store, intake.outbox(), options.guard())
        .context("nothing can be delivered to webhooks")?;
    let workers = Workers::start(&intake, options.workers(), matching)?;
    let keeper = Keeper {
        banks: Arc::clone(&banks),
        deciding: Arc::clone(&deciding),
        bytes: options.keep_bytes(),
        items: options.keep_items(),
        totals: options.keep_totals(),
    };
    let settling = Settling::start(&store, intake.outbox()).context("no decision can take effect")?;
    let banking = Banking::start(&banks, &decoder, request).context("nothing decided can be banked")?;
    let served = runtime.block_on(listen(listeners, &app, keeper, options, link.as_deref()));
    // Workers finish what they have before the store is closed.
    drop(workers);
    drop(settling);
    drop(banking);
    drop(deliverer);
    drop(telemetry);
    banks.fold(false)?;
    deciding.write_down(Timestamp::now())?;
    store.checkpoint(Timestamp::now())?;
    served?;
    Ok(Outcome::Clean)
}

/// Ends the program at once: nothing may be promised any more.
fn end(error: &StoreError) {
    // Not by the log, which would have to be waited for.
    eprintln!("basira: {error}");
    std::process::exit(2);
}

/// Who sends no key is believed to be whom the operator trusts: nobody else may reach the address.
fn check_trusted(address: SocketAddr) -> Result<()> {
    let is_private = match address.ip().to_canonical() {
        std::net::IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    ensure!(
        is_private,
        "{address} can be reached from outside, and with --hma-trusted everybody who reaches it may change the banks; \
         name a loopback or private address by --hma, or leave --hma-trusted out and give clients a key"
    );
    Ok(())
}

/// Sockets that are bound, and not served yet.
struct Listeners {
    native: std::net::TcpListener,
    hma: Option<std::net::TcpListener>,
}

impl Listeners {
    fn bind(options: &ServeOptions) -> Result<Self> {
        let bind = |address: SocketAddr, option: &str| -> Result<std::net::TcpListener> {
            let listener = std::net::TcpListener::bind(address)
                .with_context(|| format!("cannot listen on {address}; name another address by {option}"))?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        Ok(Self {
            native: bind(options.listen, "--listen")?,
            hma: options.hma.map(|address| bind(address, "--hma")).transpose()?,
        })
    }
}

/// The socket of the command line. The service does without, where there can be none.
fn local_socket(store: &Store) -> Option<web::LocalListener> {
    web::LocalListener::bind(store.folder())
        .inspect_err(|error| {
            tracing::warn!(
                folder = %store.folder().display(),
                %error,
                "the command line cannot change banks while the service runs: no socket can be made in the data folder; \
                 one on a local disk has one"
            );
        })
        .ok()
}

async fn listen(
    listeners: Listeners,
    app: &Arc<web::App>,
    keeper: Keeper,
    options: &ServeOptions,
    link: Option<&str>,
) -> Result<()> {
    let door = options.door()?;
    let listener = TcpListener::from_std(listeners.native)?;
    let hma = match listeners.hma {
        None => None,
        Some(listener) => {
            let router = web::hma_router(Arc::clone(app), options.hma_trusted)?;
            Some((TcpListener::from_std(listener)?, router))
        }
    };
    let local = local_socket(keeper.banks.store());
    // Before anybody is told that the service is there, for then it may be asked to stop.
    let stop = asked_to_stop()?;
    let hung_up = HangUp::listen()?;
    let scheme = match &door.tls {
        Some(_) => "https",
        None => "http",
    };
    // A port that was not named is known only now.
    let origin = format!("{scheme}://{}", listener.local_addr()?);
    if let Some(secret) = link {
        first::show_link(&origin, secret)?;
    }
    writeln!(print::out(), "basira serves on {origin}")?;
    if let Some((listener, _)) = &hma {
        let keys = match options.hma_trusted {
            true => ", without keys",
            false => "",
        };
        writeln!(
            print::out(),
            "basira serves clients of HMA on {scheme}://{}{keys}",
            listener.local_addr()?
        )?;
    }
    let keeping = tokio::spawn(keep_house(keeper));
    let certificate = Certificate::of(&options.operations.tls)?.zip(door.tls.clone());
    let following = tokio::spawn(certificates::follow(certificate, hung_up));
    let local_stop = told(stop.clone());
    let local = async {
        match local {
            None => Ok(()),
            Some(socket) => web::serve_local(socket, app, local_stop).await,
        }
    };
    let native = web::serve(listener, web::router(Arc::clone(app)), &door, told(stop.clone()));
    let drop_in = async {
        match hma {
            None => Ok(()),
            Some((listener, router)) => web::serve(listener, router, &door, told(stop)).await,
        }
    };
    notify::ready();
    tokio::try_join!(native, drop_in, local)?;
    keeping.abort();
    following.abort();
    tracing::info!("stopping; items at work are finished first");
    Ok(())
}

/// Listens from now on for somebody who asks the program to stop.
fn asked_to_stop() -> Result<watch::Receiver<bool>> {
    let (sender, stop) = watch::channel(false);
    #[cfg(unix)]
    let asked = {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupted, mut terminated) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        async move {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
        }
    };
    #[cfg(not(unix))]
    let asked = async {
        // Without a handler the program is ended by the system.
        let _ = tokio::signal::ctrl_c().await;
    };
    tokio::spawn(async move {
        asked.await;
        notify::stopping();
        // Nobody listens any more when the program has ended already.
        let _ = sender.send(true);
    });
    Ok(stop)
}

/// Done when the program was asked to stop.
async fn told(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Whoever listens for it is gone: nobody can ask.
        std::future::pending::<()>().await;
    }
}

/// Who keeps house, and for how long things are kept.
struct Keeper {
    banks: Arc<Banks>,
    deciding: Arc<Deciding>,
    bytes: SignedDuration,
    items: SignedDuration,
    totals: SignedDuration,
}

async fn keep_house(keeper: Keeper) {
    let mut pace = tokio::time::interval(HOUSEKEEPING);
    let mut clock = Steady::default();
    let (keeper, watch) = (Arc::new(keeper), Arc::new(Mutex::new(Watch::default())));
    let again = Arc::clone(&keeper);
    // What it finds stands in the log.
    drop(tokio::task::spawn_blocking(move || {
        policy_life::replay_sample(again.banks.store());
    }));
    loop {
        pace.tick().await;
        let believed = clock.is_believed(Timestamp::now(), Instant::now());
        let (keeper, watch) = (Arc::clone(&keeper), Arc::clone(&watch));
        let kept = tokio::task::spawn_blocking(move || -> Result<()> {
            let now = Timestamp::now();
            let store = keeper.banks.store();
            keeper.deciding.write_down(now)?;
            policy_life::look(&watch, store, now)?;
            store.checkpoint_when_due(now)?;
            if believed {
                store.sweep(now - keeper.bytes, now - keeper.items)?;
                store.sweep_deliveries(now - keeper.items)?;
                store.sweep_totals(now - keeper.totals)?;
                store.sweep_reporters(now - KEEP_REPORTERS)?;
            }
            Ok(keeper.banks.fold(false)?)
        });
        if let Ok(Err(error)) = kept.await {
            tracing::error!(
                error = format!("{error:#}"),
                "keeping house failed, and is tried again"
            );
        }
    }
}
