//! The table as a reviewer reads it: an operation, the actions that it asks for, and a line for each state of a key.

use std::fmt::Write as _;

use super::stage::Stage;
use super::{Cell, State, players};

/// One dialect's part.
pub(super) fn print(stage: &Stage, cells: &[Cell]) -> String {
    let (status, word) = stage.denied;
    let mut lines = vec![row("", players().into_iter().map(|p| p.name.to_owned()))];
    let mut titles = Vec::new();
    for line in cells.chunks(players().len()) {
        let name = line[0].row.name;
        if titles.last().is_none_or(|(_, last)| *last != name) {
            titles.push((lines.len(), name));
        }
        let state = line[0].state.map_or("any", State::word);
        lines.push(row(state, line.iter().map(|cell| said(stage, cell))));
    }
    let mut text = format!("{}: `denied` is {status} {word}\n", stage.word);
    for (n, line) in aligned(&lines).into_iter().enumerate() {
        if let Some((_, name)) = titles.iter().find(|(at, _)| *at == n) {
            let _ = writeln!(text, "{name} | {}", asks(stage, name));
        }
        let _ = writeln!(text, "  {line}");
    }
    text.push('\n');
    text
}

fn asks(stage: &Stage, name: &str) -> String {
    let row = stage.rows.iter().find(|row| row.name == name).unwrap();
    let asks: Vec<_> = row.asks.iter().map(|(action, on)| format!("{} on {on}", action.word())).collect();
    if asks.is_empty() { "nothing".to_owned() } else { asks.join(", ") }
}

fn said(stage: &Stage, cell: &Cell) -> String {
    if stage.is_denied(&cell.said) {
        return "denied".to_owned();
    }
    format!("{} {}", cell.said.status, cell.said.word).trim_end().to_owned()
}

fn row(first: &str, rest: impl Iterator<Item = String>) -> Vec<String> {
    [first.to_owned()].into_iter().chain(rest).collect()
}

fn aligned(lines: &[Vec<String>]) -> Vec<String> {
    let width = |n: usize| lines.iter().map(|line| line[n].len()).max().unwrap_or(0);
    let widths: Vec<_> = (0..lines[0].len()).map(width).collect();
    let padded = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(padded).collect()
}
