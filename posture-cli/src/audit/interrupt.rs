//! What an interrupt does: the first one ends the reading, so that a report of what is known follows. The next one, or one
//! that comes when everything is read, ends the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use posture::Stop;

use crate::error::{Failure, Result};

/// The exit code of an audit that was interrupted.
pub(super) const CODE: u8 = 11;

/// Waits for interrupts until the process ends: once a program has asked for signals, they do nothing else any more.
pub(super) struct Interrupts {
    over: Arc<AtomicBool>,
}

impl Interrupts {
    /// Begins to wait. At the first interrupt the audit is stopped, and `first` is called.
    pub(super) fn listen(stop: &Stop, first: impl FnOnce() + Send + 'static) -> Result<Self> {
        let cannot = |error: std::io::Error| Failure::tool("cannot wait for signals").cause(error);
        let over = Arc::new(AtomicBool::new(false));
        let (stop, is_over) = (stop.clone(), Arc::clone(&over));
        // A runtime of its own, as that of the audit ends with it.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(cannot)?;
        let mut signals = {
            let _within = runtime.enter();
            Signals::new().map_err(cannot)?
        };
        let wait = move || {
            runtime.block_on(async {
                signals.next().await;
                if is_over.load(Ordering::SeqCst) {
                    std::process::exit(CODE.into());
                }
                stop.stop();
                first();
                signals.next().await;
                std::process::exit(CODE.into());
            });
        };
        std::thread::Builder::new().name("signals".to_owned()).spawn(wait).map_err(cannot)?;
        Ok(Self { over })
    }

    /// Everything is read: from now on an interrupt ends the program.
    pub(super) fn reading_is_over(&self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

/// The signals by which a user or a service manager ends a program.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let interrupt = signal(SignalKind::interrupt())?;
            Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
        }
        #[cfg(windows)]
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }
}
