//! What a command says while it works: plain lines on standard output, and on a terminal a line for what is running now.

use std::{
    io::{IsTerminal, Write},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Prints lines, and shows the running statement when somebody watches.
pub(crate) struct Progress {
    watched: bool,
    /// Whether lines are SQL comments, because statements are the output.
    commented: bool,
    current: Mutex<Option<ProgressBar>>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let watched = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        Self { watched, commented: false, current: Mutex::new(None) }
    }

    /// Prints its lines as SQL comments, so that the output as a whole is a script.
    pub(crate) fn commented() -> Self {
        Self { commented: true, ..Self::new() }
    }

    /// Prints a line.
    pub(crate) fn line(&self, text: &str) {
        if self.commented {
            return print(&format!("-- {}", text.trim().replace('\n', "\n-- ")));
        }
        match &*self.current.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(bar) => bar.suspend(|| print(text)),
            None => print(text),
        }
    }

    /// Prints a statement as a part of a script.
    pub(crate) fn statement(&self, sql: &str) {
        print(&format!("{sql};"));
    }

    /// Shows what is running until the returned value goes.
    pub(crate) fn running(&self, what: &str) -> Running<'_> {
        if self.watched {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}  {elapsed}") {
                bar.set_style(style);
            }
            bar.set_message(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(100));
            *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
        }
        Running { progress: self, start: Instant::now() }
    }
}

/// Prints a line to standard output. Nobody may be listening any more, as in `deploy | head`: the work goes on.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Something that is running.
pub(crate) struct Running<'a> {
    progress: &'a Progress,
    start: Instant,
}

impl Running<'_> {
    /// How long it has been running.
    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(bar) = self.progress.current.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

/// A duration as people read it: `12 ms`, `1.4 s`, `2 m 05 s`.
pub(crate) fn took(duration: Duration) -> String {
    let millis = duration.as_millis();
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!("{} m {:02} s", duration.as_secs() / 60, duration.as_secs() % 60),
    }
}

/// `1 statement`, `3 statements`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let cases = [(0, "0 ms"), (999, "999 ms"), (1400, "1.4 s"), (59_900, "59.9 s"), (125_000, "2 m 05 s")];
        for (millis, expected) in cases {
            assert_eq!(took(Duration::from_millis(millis)), expected);
        }
    }
}
