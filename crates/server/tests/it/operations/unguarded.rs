//! What answers without a credential is a reviewed list, `unguarded_routes.txt`: every operation and page is asked
//! anonymously, and who is not told to prove itself must stand there.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use domain::{Decision, Outcome};
use edge::{ListenerRules, OwnPage, Route, RouteHead, route};
use http::{HeaderMap, Method};

use super::cast::bootstrap;
use super::props::{State, Wardrobe};
use super::records::Records;
use super::stage::{self, Stage, Wire, assert_complete};
use crate::house::{House, fresh_root};

const REVIEWED: &str = include_str!("../../../unguarded_routes.txt");

#[tokio::test]
async fn inv_6_only_reviewed_routes_answer_without_a_credential() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::open_as(folder.path(), &fresh_root(), |_| (), bootstrap()).await;
    let (mut wardrobe, stages) = (Wardrobe::new(&house).await, stage::all(&house));
    assert_complete(&stages);
    let (mut open, mut refused) = (own_pages(), Vec::new());
    for stage in &stages {
        for row in &stage.rows {
            let wire = (stage.build)(row, &wardrobe.props(State::Enabled));
            if !ask(&house, stage, wire, &mut refused).await {
                open.insert(format!("{} {}", stage.word, row.operation()));
            }
        }
        let unrouted = ask(&house, stage, stage.unrouted.clone(), &mut refused).await;
        assert!(unrouted, "{}: what is no operation is answered to anybody", stage.word);
    }
    each_refusal_was_the_gates(&Records::read(&house).await, &refused);
    let reviewed = REVIEWED.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let reviewed: BTreeSet<String> = reviewed.map(str::to_owned).collect();
    let wrong: Vec<_> = open.symmetric_difference(&reviewed).collect();
    assert!(
        wrong.is_empty(),
        "only one of the server and unguarded_routes.txt says that these are open: {wrong:?}"
    );
    house.close().await;
}

/// Asks as nobody; whether that was refused for want of a proof. Each asks from an address of its own, because failures
/// from one address are recorded one by one only up to a rate.
async fn ask(house: &House, stage: &Stage, wire: Wire, refused: &mut Vec<String>) -> bool {
    let last = u8::try_from(refused.len()).unwrap();
    let peer = IpAddr::V4(Ipv4Addr::new(192, 0, 2, last));
    let (id, response) = stage.send(house, wire, None, Some(peer)).await;
    let unproven = stage.is_unproven(&stage.said(&response));
    if unproven {
        refused.push(id.to_string());
    }
    unproven
}

/// A dialect did not make the refusal up: the gate looked for a proof, found none, and recorded that.
fn each_refusal_was_the_gates(records: &Records, refused: &[String]) {
    assert!(refused.len() > 30, "nearly everything asks for a proof");
    for id in refused {
        let [record] = records.of(id) else { panic!("{id}: not one record: {:?}", records.of(id)) };
        assert_eq!(record.outcome, Outcome::Failure("proof_missing".into()), "{record:?}");
        assert_eq!((&record.decision, &record.subject.name), (&Decision::NotReached, &None));
    }
}

/// The edge's own pages, which are answered before any dialect is asked.
fn own_pages() -> BTreeSet<String> {
    let listener = ListenerRules { health: true, metrics: true, ..ListenerRules::default() };
    let (method, headers) = (Method::GET, HeaderMap::new());
    let pages = [OwnPage::Health, OwnPage::Ready, OwnPage::Metrics].into_iter().map(|page| {
        let path = path_of(page);
        let head = RouteHead { method: &method, host: None, path, query: None, headers: &headers };
        assert_eq!(route(&head, &listener), Ok(Route::Own(page)));
        format!("edge GET {path}")
    });
    pages.collect()
}

/// Without a wildcard: another page is put into the list above with its path.
const fn path_of(page: OwnPage) -> &'static str {
    match page {
        OwnPage::Health => "/healthz",
        OwnPage::Ready => "/readyz",
        OwnPage::Metrics => "/metrics",
    }
}
