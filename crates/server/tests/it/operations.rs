//! INV-6 as one table: every operation of every dialect, asked by every role about a key in every state, over the real
//! gate, store and log. A reviewer reads a change of who may do what as a difference of its snapshot; what must hold of
//! any such table is checked beside it.

mod aws;
mod cast;
mod custody;
mod kin;
mod names;
mod native;
mod props;
mod records;
mod stage;
mod sts;
mod table;
mod unguarded;
mod vault;

use std::path::Path;
use std::time::Instant;

use access::role_allows;
use domain::{Action, ActionClass};
use secret::Secret;

use crate::house::{House, fresh_root};
use cast::{Player, bootstrap, players};
use props::{Props, State, Wardrobe};
use records::Records;
use stage::{Row, Said, Stage, assert_complete};

/// One request and what came of it.
struct Cell {
    row: Row,
    /// `None` where the request names no key.
    state: Option<State>,
    player: Player,
    said: Said,
    /// The answer's body, without what differs from request to request.
    text: String,
    id: String,
}

#[tokio::test]
async fn inv_6_who_may_do_what_is_as_reviewed() {
    let (began, folder, root) = (Instant::now(), tempfile::tempdir().unwrap(), fresh_root());
    let house = House::open_as(folder.path(), &root, |_| (), bootstrap()).await;
    let stages = stage::all(&house);
    assert_complete(&stages);
    let mut run = Run { house: &house, wardrobe: Wardrobe::new(&house).await, folder: folder.path(), root };
    let (mut printed, mut sent) = (String::new(), 0);
    for stage in &stages {
        let cells = run.all(stage).await;
        let records = Records::read(&house).await;
        sent += cells.len();
        refusals_tell_nothing(stage, &cells);
        roles_are_what_their_table_says(stage, &cells);
        records.tell_what_was_answered(stage, &cells);
        printed.push_str(&table::print(stage, &cells));
    }
    println!("{sent} requests in {:?}", began.elapsed());
    house.close().await;
    insta::assert_snapshot!(printed);
}

/// What sends.
struct Run<'a> {
    house: &'a House,
    wardrobe: Wardrobe<'a>,
    folder: &'a Path,
    root: Secret<[u8; 32]>,
}

impl Run<'_> {
    async fn all(&mut self, stage: &Stage) -> Vec<Cell> {
        let mut cells = Vec::new();
        for row in &stage.rows {
            for state in self.states(stage, row) {
                for player in players() {
                    cells.push(self.ask(stage, row, state, player).await);
                }
            }
        }
        cells
    }

    /// The states that the row is about: none if its request names no key.
    fn states(&mut self, stage: &Stage, row: &Row) -> Vec<Option<State>> {
        let (one, other) = (self.wardrobe.props(State::Enabled), self.wardrobe.props(State::Absent));
        let other = Props { fresh: one.fresh, ..other };
        if (stage.build)(row, &one) == (stage.build)(row, &other) {
            return vec![None];
        }
        State::ALL.into_iter().filter(|state| row.covers(*state, &stage.rows)).map(Some).collect()
    }

    async fn ask(&mut self, stage: &Stage, row: &Row, state: Option<State>, player: Player) -> Cell {
        let props = self.wardrobe.props(state.unwrap_or(State::Enabled));
        let wire = (stage.build)(row, &props);
        // The reference that was given, and no other: an id for who knew the name would be news.
        let given = props.references().find(|reference| wire.names(reference));
        let given = given.unwrap_or_else(|| props.key.id.to_string());
        let (id, response) = stage.send(self.house, wire, Some(player), None).await;
        let (said, id) = (stage.said(&response), id.to_string());
        if said.status < 300 {
            self.restore(row, state).await;
        }
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        let text = text.replace(&given, "KEY").replace(&props.new_name(), "NEW").replace(&id, "ID");
        Cell { row: row.clone(), state, player, said, text, id }
    }

    /// Makes anew what a request may have changed.
    async fn restore(&mut self, row: &Row, state: Option<State>) {
        if row.asks(Action::Seal) {
            self.house.unseal(self.folder, &self.root);
        }
        if row.asks(Action::RevokeCredential) {
            self.wardrobe.renew_credential().await;
        }
        let changes = row.asks.iter().any(|(action, _)| action.class() == ActionClass::Custody);
        if let Some(state) = state.filter(|_| changes) {
            self.wardrobe.renew_key(state).await;
        }
    }
}

/// Whom policy refuses while a key is enabled, it refuses in the same way in any other state and if there is none; who
/// may not see keys at all is told the same to the letter.
fn refusals_tell_nothing(stage: &Stage, cells: &[Cell]) {
    let (mut denied, mut silent) = (0, 0);
    for enabled in cells.iter().filter(|c| c.state == Some(State::Enabled) && stage.is_denied(&c.said)) {
        let of_same =
            |c: &&Cell| c.row.operation() == enabled.row.operation() && c.player.name == enabled.player.name;
        let others: Vec<_> = cells.iter().filter(of_same).collect();
        let states: std::collections::BTreeSet<_> = others.iter().filter_map(|c| c.state).collect();
        assert_eq!(states.len(), State::ALL.len(), "{}: {}", stage.word, enabled.row.name);
        for other in others {
            let at = format!("{} {} {} {:?}", stage.word, other.row.name, other.player.name, other.state);
            assert_eq!(other.said, enabled.said, "{at}: the state shows");
            denied += 1;
            if !enabled.player.role.is_some_and(|role| role_allows(role, Action::DescribeKey)) {
                assert_eq!(other.text, enabled.text, "{at}: the words show the state");
                silent += 1;
            }
        }
    }
    let asks = stage.rows.iter().any(|row| !row.asks.is_empty());
    assert!(!asks || denied > 0 && silent > 0, "{}: nobody is refused", stage.word);
}

/// Beside the golden table: a built-in role is denied exactly what the roles' own table does not give it.
fn roles_are_what_their_table_says(stage: &Stage, cells: &[Cell]) {
    for cell in cells {
        let Some(role) = cell.player.role else { continue };
        let may = cell.row.asks.iter().all(|(action, _)| role_allows(role, *action));
        let at = format!("{} {} {} {:?}", stage.word, cell.row.name, cell.player.name, cell.state);
        assert_eq!(stage.is_denied(&cell.said), !may, "{at}: {:?}", cell.said);
    }
}
