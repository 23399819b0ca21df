//! Time zones by name.

mod names;

use super::any_case;
use crate::check::same;

/// Whether Snowflake takes the text for a zone: an IANA name, but no abbreviation such as `EST`.
pub(super) const fn is_zone(text: &str) -> bool {
    any_case(text, &["utc", "gmt"]) || (has_small_letter(text) && is_known(text))
}

const fn has_small_letter(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_lowercase() || bytes[at] == b'/' {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_known(text: &str) -> bool {
    let (mut low, mut high) = (0, names::NAMES.len());
    while low < high {
        let middle = (low + high) / 2;
        if same(names::NAMES[middle], text) {
            return true;
        }
        if is_before(names::NAMES[middle].as_bytes(), text.as_bytes()) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    false
}

const fn is_before(left: &[u8], right: &[u8]) -> bool {
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] != right[at] {
            return left[at] < right[at];
        }
        at += 1;
    }
    left.len() < right.len()
}

/// The zone whose name has most in common with `text` at its start and its end, in any case; nothing if that is not much.
pub(crate) const fn nearest(text: &str) -> Option<&'static str> {
    let (mut best, mut most) = (None, 0);
    let mut at = 0;
    while at < names::NAMES.len() {
        let (name, wanted) = (names::NAMES[at].as_bytes(), text.as_bytes());
        let (mut start, mut end) = (0, 0);
        while start < name.len() && start < wanted.len() && name[start].eq_ignore_ascii_case(&wanted[start]) {
            start += 1;
        }
        while end + start < name.len()
            && end + start < wanted.len()
            && name[name.len() - 1 - end].eq_ignore_ascii_case(&wanted[wanted.len() - 1 - end])
        {
            end += 1;
        }
        let longer = if name.len() > wanted.len() { name.len() } else { wanted.len() };
        // Two letters may differ, or be missing.
        if start + end > most && start + end + 2 >= longer && wanted.len() > 3 {
            most = start + end;
            best = Some(names::NAMES[at]);
        }
        at += 1;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list is made from that of `chrono-tz`; to make it again, run this test with `UPDATE_ZONES=1`.
    #[test]
    fn the_list_is_that_of_chrono_tz() {
        let mut zones: Vec<_> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
        zones.sort_unstable();
        if std::env::var_os("UPDATE_ZONES").is_some() {
            let mut text = String::from(
                "//! The zones of the IANA, sorted.\n\n#[rustfmt::skip]\npub(super) const NAMES: &[&str] = &[",
            );
            let mut width = usize::MAX;
            for zone in &zones {
                if width > 105 {
                    text.push_str("\n   ");
                    width = 4;
                }
                text.push_str(&format!(" \"{zone}\","));
                width += zone.len() + 4;
            }
            text.push_str("\n];\n");
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/schedule/zone/names.rs");
            std::fs::write(path, text).unwrap();
        }
        assert_eq!(names::NAMES, zones, "run this test with UPDATE_ZONES=1, then again");
    }

    #[test]
    fn zones_are_known_by_name() {
        for (text, known, near) in [
            ("Europe/Zurich", true, Some("Europe/Zurich")),
            ("America/Argentina/Buenos_Aires", true, Some("America/Argentina/Buenos_Aires")),
            ("Etc/GMT+5", true, Some("Etc/GMT+5")),
            ("Japan", true, Some("Japan")),
            ("UTC", true, None),
            ("gmt", true, None),
            ("europe/zurich", false, Some("Europe/Zurich")),
            ("Europe/Zurch", false, Some("Europe/Zurich")),
            ("Amerika/New_York", false, Some("America/New_York")),
            ("Europe/Zurich2000", false, None),
            ("EST", false, None),
            ("+01:00", false, None),
        ] {
            assert_eq!((is_zone(text), nearest(text)), (known, near), "{text}");
        }
    }
}
