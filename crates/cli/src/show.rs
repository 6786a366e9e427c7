//! Answers as tables, JSON or YAML. Whatever others wrote (descriptions, names) cannot steer the terminal.

use std::io::Write;

use comfy_table::{Table, presets};
use serde::Serialize;

use crate::Format;
use crate::failure::Stop;

/// A table: its head and its rows.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    /// A line below it.
    note: Option<String>,
}

impl Rows {
    /// A list with a head.
    pub(crate) fn list(head: &[&'static str], rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self { head: head.to_vec(), rows: rows.into_iter().collect(), note: None }
    }

    /// One object, a line for each field.
    pub(crate) fn fields(fields: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let row = |(name, value): (&str, String)| vec![name.to_owned(), value];
        Self { rows: fields.into_iter().map(row).collect(), ..Self::default() }
    }

    /// How to go on with a list that has more.
    pub(crate) fn more(self, next: Option<&str>) -> Self {
        Self { note: next.map(|next| format!("more follow: --after {next}")), ..self }
    }
}

pub(crate) fn print<T: Serialize>(
    out: &mut dyn Write,
    format: Format,
    answer: &T,
    rows: impl FnOnce(&T) -> Rows,
) -> Result<(), Stop> {
    match format {
        Format::Table => Ok(out.write_all(table(rows(answer)).as_bytes())?),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, answer).map_err(std::io::Error::from)?;
            Ok(writeln!(out)?)
        }
        Format::Yaml => {
            let text = serde_norway::to_string(answer).map_err(std::io::Error::other)?;
            Ok(out.write_all(text.as_bytes())?)
        }
    }
}

fn table(rows: Rows) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if !rows.head.is_empty() {
        table.set_header(rows.head);
    }
    for row in rows.rows {
        table.add_row(row.iter().map(|cell| plain(cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let note = rows.note.map_or_else(String::new, |note| format!("{note}\n"));
    format!("{}\n{note}", lines.join("\n"))
}

/// Text that cannot move a cursor, ring, or turn its direction.
pub(crate) fn plain(text: &str) -> String {
    let steers = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_cannot_steer_the_terminal() {
        let rows = Rows::list(&["NAME"], [vec!["a\u{1b}[2J\n\u{202e}b".to_owned()]]);
        assert_eq!(table(rows), "NAME\na\u{fffd}[2J\u{fffd}\u{fffd}b\n");
    }
}
