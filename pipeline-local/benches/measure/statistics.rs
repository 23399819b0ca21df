//! Medians and their like.

use std::time::Duration;

/// The value below which this part of the measured ones is.
pub(crate) fn quantile(measured: &[Duration], part: f64) -> Duration {
    let mut sorted = measured.to_vec();
    sorted.sort();
    let index = ((sorted.len() as f64 * part).ceil() as usize).clamp(1, sorted.len()) - 1;
    sorted[index]
}

/// The middle one.
pub(crate) fn median(measured: &[Duration]) -> Duration {
    quantile(measured, 0.5)
}

/// A time as people read it.
pub(crate) fn text(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else if seconds >= 0.001 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{:.0} µs", seconds * 1e6)
    }
}

/// How many times `one` is `other`.
pub(crate) fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
