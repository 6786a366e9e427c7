//! Bounds hold before anybody is authenticated, and nothing is cut off without a word.

use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::stub::World;

#[test]
fn a_thousand_items_go_to_the_gate_and_one_more_does_not() {
    let world = World::new();
    let batch = |n: usize| format!(r#"{{"batch_input":[{}]}}"#, vec![r#"{"plaintext":""}"#; n].join(","));
    assert_eq!(world.ask("POST /v1/transit/encrypt/a", &batch(1000)).0, 200);
    let calls = world.stub.calls.load(Ordering::Relaxed);
    let told = world.ask("POST /v1/transit/encrypt/a", &batch(1001));
    assert!(told.0 == 400 && told.1.contains("a batch has at most 1000 items"), "{told:?}");
    assert_eq!(world.stub.calls.load(Ordering::Relaxed), calls, "it was refused before the gate");
    assert_eq!(world.stub.refusals.load(Ordering::Relaxed), 1, "and recorded");
}

#[test]
fn megabytes_of_tiny_items_are_refused_in_time() {
    let world = World::new();
    let items = format!(r#"{{"batch_input":[{}{{}}]}}"#, "{},".repeat(4_000_000));
    let values = format!(r#"{{"derived":[{}1]}}"#, "[],".repeat(4_000_000));
    let begun = Instant::now();
    let told = world.ask_with("POST /v1/transit/encrypt/a", items.as_bytes(), &[]);
    assert_eq!(told.0, 403, "nobody is told how many items are too many");
    assert_eq!(world.ask_with("POST /v1/transit/keys/a", values.as_bytes(), &[]).0, 403);
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn depth_does_not_reach_the_stack() {
    let world = World::new();
    for open in ["[", r#"{"a":"#, r#"{"batch_input":["#] {
        let told = world.ask("POST /v1/transit/encrypt/a", &open.repeat(100_000));
        assert!(told.0 == 400 && told.1.contains("failed to decode JSON input"), "{told:?}");
    }
}

#[test]
fn a_list_is_whole_or_refused() {
    let world = World::new();
    world.stub.make((0..2500).map(|n| format!("k{n:05}")));
    let names = |to: &str| {
        let (status, body) = world.ask(to, "");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        (status, body["data"]["keys"].as_array().map_or(0, Vec::len))
    };
    assert_eq!(names("LIST /v1/transit/keys"), (200, 2501));
    for list in ["true", "1", "True", "t"] {
        assert_eq!(names(&format!("GET /v1/transit/keys/?list={list}")), (200, 2501));
    }
    assert_eq!(names("GET /v1/transit/keys?list=true&limit=1500"), (200, 1500));
    assert_eq!(names("GET /v1/transit/keys?list=true&after=k02497&limit=10"), (200, 2));
    assert_eq!(names("GET /v1/transit/keys?list=true&limit=-1"), (200, 2501));
    assert_eq!(names("GET /v1/transit/keys?list=true&limit=x").0, 400);
    assert_eq!(names("GET /v1/transit/keys?list=true&after=z").0, 404);
    world.stub.make((0..10_000).map(|n| format!("m{n:05}")));
    let told = world.ask("LIST /v1/transit/keys", "");
    assert!(told.0 == 400 && told.1.contains("in pages"), "{told:?}");
    assert_eq!(names("GET /v1/transit/keys?list=true&after=m09990"), (200, 9));
}
