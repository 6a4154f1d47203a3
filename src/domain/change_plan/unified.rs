//! Two texts as a unified diff.

use std::fmt::Write as _;

/// Lines around a change.
const CONTEXT: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Same,
    Gone,
    Come,
}

/// The unified diff from `before` to `after`; empty when they are equal.
#[must_use]
pub fn unified(title: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let steps = steps(&old, &new);
    let mut text = format!("--- {title} (now)\n+++ {title} (planned)\n");
    for (from, to) in hunks(&steps) {
        hunk(&mut text, &steps, (from, to), &old, &new);
    }
    text
}

/// The shortest way from `old` to `new`, by the longest common subsequence.
fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
    let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for (a, left) in old.iter().enumerate().rev() {
        for (b, right) in new.iter().enumerate().rev() {
            longest[a][b] = if left == right {
                longest[a + 1][b + 1] + 1
            } else {
                longest[a + 1][b].max(longest[a][b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut steps = Vec::new();
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            steps.push(Step::Same);
            a += 1;
            b += 1;
        } else if b >= new.len() || (a < old.len() && longest[a + 1][b] >= longest[a][b + 1]) {
            steps.push(Step::Gone);
            a += 1;
        } else {
            steps.push(Step::Come);
            b += 1;
        }
    }
    steps
}

/// Ranges of steps: each change with its context, neighbours joined.
fn hunks(steps: &[Step]) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for (at, _) in steps
        .iter()
        .enumerate()
        .filter(|(_, step)| **step != Step::Same)
    {
        let from = at.saturating_sub(CONTEXT);
        let to = (at + CONTEXT + 1).min(steps.len());
        match ranges.last_mut() {
            Some(last) if from <= last.1 => last.1 = to,
            _ => ranges.push((from, to)),
        }
    }
    ranges
}

fn hunk(text: &mut String, steps: &[Step], range: (usize, usize), old: &[&str], new: &[&str]) {
    let count =
        |steps: &[Step], skipped: Step| steps.iter().filter(|step| **step != skipped).count();
    let (mut a, mut b) = (
        count(&steps[..range.0], Step::Come),
        count(&steps[..range.0], Step::Gone),
    );
    let inside = &steps[range.0..range.1];
    let (olds, news) = (count(inside, Step::Come), count(inside, Step::Gone));
    // An empty side names the line before it, as diff does.
    let first = |at: usize, lines: usize| if lines == 0 { at } else { at + 1 };
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "@@ -{},{olds} +{},{news} @@",
        first(a, olds),
        first(b, news)
    );
    for step in inside {
        let (sign, line) = match step {
            Step::Same => (' ', old[a]),
            Step::Gone => ('-', old[a]),
            Step::Come => ('+', new[b]),
        };
        a += usize::from(*step != Step::Come);
        b += usize::from(*step != Step::Gone);
        let _ = writeln!(text, "{sign}{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_changes_with_their_surroundings() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
        let after = "a\nB\nc\nd\ne\nf\ng\nh\ni\n";
        assert_eq!(
            unified("x", before, after),
            "--- x (now)\n+++ x (planned)\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n@@ -7,4 +7,3 @@\n g\n h\n i\n-j\n"
        );
    }

    #[test]
    fn new_and_equal_texts() {
        assert_eq!(unified("x", "a\n", "a\n"), "");
        assert_eq!(
            unified("x", "", "a\nb\n"),
            "--- x (now)\n+++ x (planned)\n@@ -0,0 +1,2 @@\n+a\n+b\n"
        );
    }
}
