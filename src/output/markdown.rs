//! Pages of the reference as plain text for a terminal.
//!
//! Reads the little Markdown those pages use: headings, paragraphs, lists, tables and code.

use comfy_table::{ColumnConstraint, ContentArrangement, Table as Drawn, Width, presets};

/// Width where no terminal says another.
const WIDTH: u16 = 80;
/// Longer lines are hard to read.
const WIDEST: u16 = 100;

/// The text of a page, wrapped to the terminal.
#[must_use]
pub fn plain(page: &str) -> String {
    let width = Drawn::new().width().unwrap_or(WIDTH).clamp(40, WIDEST);
    wrapped(page, width)
}

fn wrapped(page: &str, width: u16) -> String {
    let mut blocks = Vec::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() || line.starts_with("<!--") {
            continue;
        }
        if line.starts_with("```") {
            let code = lines.by_ref().take_while(|line| !line.starts_with("```"));
            let code: Vec<String> = code.map(|line| format!("  {line}")).collect();
            blocks.push(code.join("\n"));
        } else if let Some(heading) = line.strip_prefix('#') {
            let heading = inline(heading.trim_start_matches('#').trim());
            blocks.push(heading.to_uppercase());
        } else if line.starts_with('|') {
            let mut rows = vec![line];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(row);
            }
            blocks.push(table(&rows, width));
        } else {
            let mut text = vec![line];
            while let Some(more) = lines.next_if(|line| continues(line)) {
                text.push(more);
            }
            blocks.push(paragraph(&text, width));
        }
    }
    let mut text = blocks.join("\n\n");
    text.push('\n');
    text
}

/// Whether a line belongs to the paragraph or list above it.
fn continues(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with(['#', '|', '`', '<'])
        || line.starts_with('`') && !line.starts_with("```")
}

/// Joins the lines of a paragraph, or of each item of a list, and wraps them.
fn paragraph(lines: &[&str], width: u16) -> String {
    let mut items: Vec<String> = Vec::new();
    for line in lines {
        let text = line.trim();
        match items.last_mut() {
            Some(last) if !text.starts_with("- ") => {
                last.push(' ');
                last.push_str(text);
            }
            _ => items.push(text.to_owned()),
        }
    }
    let wrap = |item: &String| {
        let indent = if item.starts_with("- ") { "  " } else { "" };
        wrap(&inline(item), indent, usize::from(width))
    };
    items.iter().map(wrap).collect::<Vec<_>>().join("\n")
}

fn wrap(text: &str, indent: &str, width: usize) -> String {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = line.chars().count() + 1 + word.chars().count();
        if !line.trim().is_empty() && longer > width {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
        } else if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

fn table(rows: &[&str], width: u16) -> String {
    let is_rule = |row: &&&str| row.chars().all(|c| "|-: ".contains(c));
    let cells = rows.iter().filter(|row| !is_rule(row)).map(|row| {
        let inner = row.trim().trim_start_matches('|');
        let inner = inner.strip_suffix('|').unwrap_or(inner);
        // A bar inside a cell is escaped.
        let inner = inner.replace("\\|", "\u{0}");
        inner
            .split('|')
            .map(|cell| inline(cell.trim()).replace('\u{0}', "|"))
            .collect::<Vec<_>>()
    });
    let cells: Vec<Vec<String>> = cells.collect();
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let least: Vec<u16> = (0..columns).map(|n| longest_word(&cells, n)).collect();
    if least.iter().map(|word| word + 2).sum::<u16>() > width {
        return stacked(&cells, width);
    }
    let mut drawn = Drawn::new();
    drawn
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .add_rows(cells);
    for (column, least) in drawn.column_iter_mut().zip(least) {
        // A name that is broken cannot be copied.
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least + 2)));
        column.set_padding((0, 2));
    }
    let lines = drawn.lines().map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// Characters of the longest word in a column.
fn longest_word(cells: &[Vec<String>], column: usize) -> u16 {
    let words = cells
        .iter()
        .filter_map(|row| row.get(column))
        .flat_map(|cell| cell.split_whitespace());
    let longest = words.map(|word| word.chars().count()).max();
    longest.and_then(|n| u16::try_from(n).ok()).unwrap_or(0)
}

/// A table too wide to draw: each row below the other, its cells one after the other.
fn stacked(cells: &[Vec<String>], width: u16) -> String {
    let rows = cells.iter().map(|row| {
        let filled: Vec<&str> = row
            .iter()
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .collect();
        wrap(&filled.join("  -  "), "    ", usize::from(width))
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// Text without marks: code and bold lose theirs, a link keeps its words.
fn inline(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let link = rest[at..]
            .split_once("](")
            .and_then(|(words, after)| Some((&words[1..], after.split_once(')')?.1)));
        match link {
            Some((words, after)) if !words.contains(['[', ']']) => {
                plain.push_str(&rest[..at]);
                plain.push_str(words);
                rest = after;
            }
            _ => {
                plain.push_str(&rest[..=at]);
                rest = &rest[at + 1..];
            }
        }
    }
    plain.push_str(rest);
    plain.replace(['`'], "").replace("**", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_without_marks() {
        let page = "<!-- made by -->\n# Exit codes\n\nScripts may **rely** on\n`them`, see [output](output.md).\n\n\
                    - one [a, b] and\n  more words here that go on and on\n- two\n\n| code | meaning |\n|---|---|\n| 0 | a \\| b |\n\n```json\n{\"a\": `1`}\n```\n";
        assert_eq!(
            wrapped(page, 40),
            "EXIT CODES\n\nScripts may rely on them, see output.\n\n- one [a, b] and more words here that go\n  on and on\n- two\n\ncode  meaning\n0     a | b\n\n  {\"a\": `1`}\n"
        );
    }
}
