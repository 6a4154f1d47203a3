//! What is printed, and what is made of many figures.

use std::io::Write;

/// Prints a line.
pub(crate) fn say(line: &str) {
    // A reader that went away needs no report.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The one in the middle.
pub(crate) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Prints a figure beside its aim.
pub(crate) fn against(what: &str, figure: &str, aim: &str, met: bool) {
    let verdict = if met { "met" } else { "MISSED" };
    say(&format!("{what}: {figure} (aim: {aim}; {verdict})"));
}
