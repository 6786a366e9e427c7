//! What a decision costs: 4 against 400 policies in a tenant, remembered and worked out anew.
//!
//! Each of 100 principals carries its share of the account's policies and asks about each of 100 keys: 10,000 uniformly
//! chosen pairs. The share that had to be worked out is printed once a case.
#![expect(clippy::print_stderr, reason = "a bench tells its cache hit rate")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench over a world of its own making")]

// The house's short name for this room.
extern crate keystead_access as access;

#[path = "../tests/it/world.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod world;

use access::Demand;
use criterion::{Criterion, criterion_group, criterion_main};
use domain::{Action, Caller, Key, Language, PrincipalKind, ResourceRef};
use spi::Fence;
use world::{World, caller, world_keeping};

const SIDE: usize = 100;

fn case(policies: usize, language: Language, decisions: usize) -> (World, Vec<Caller>, Vec<Key>) {
    let w = world_keeping(decisions);
    let stored: Vec<_> = (0..policies)
        .map(|i| {
            let text = match language {
                Language::Cedar => {
                    format!(r#"@id("p{i}") permit (principal, action in [Action::"use"], resource is Key);"#)
                }
                _ => format!(r#"{{"Statement":{{"Sid":"p{i}","Effect":"Allow","Action":"kms:*crypt","Resource":"*"}}}}"#),
            };
            w.policy(&format!("{i:04}"), language, &text)
        })
        .collect();
    let callers = (0..SIDE).map(|i| {
        let mut who = w.principal(&format!("{i:03}"), PrincipalKind::User, &[]);
        let mine: Vec<_> = stored.iter().skip(i % 4).step_by(4).collect();
        w.attach(&mut who, &mine);
        caller(&who)
    });
    let callers = callers.collect();
    let keys = (0..SIDE).map(|i| w.key(u8::try_from(i).unwrap_or_default())).collect();
    (w, callers, keys)
}

async fn decide(w: &World, who: &Caller, key: &Key) {
    let on = ResourceRef::Key { tenant: key.tenant(), id: key.id() };
    let demand = Demand::on_key(Action::Encrypt, &on, key, &w.tenant);
    w.decider.decide(who, demand, &mut Fence::default()).await.unwrap();
}

fn bench(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for language in [Language::Iam, Language::Cedar] {
        for (policies, kept) in [(4, 1 << 16), (400, 1 << 16), (4, 0), (400, 0)] {
            let (w, callers, keys) = case(policies, language, kept);
            if kept > 0 {
                let all = callers.iter().flat_map(|who| keys.iter().map(move |key| (who, key)));
                let began = std::time::Instant::now();
                all.for_each(|(who, key)| runtime.block_on(decide(&w, who, key)));
                eprintln!("first time for each of 10,000 pairs: {:?} a pair", began.elapsed() / 10_000);
            }
            let before = w.decider.worked_out();
            let mut state = 0x2545_f491_4f6c_dd1d_u64;
            let (mut asked, how) = (0_u64, if kept > 0 { "remembered" } else { "worked out" });
            c.bench_function(&format!("decide/{language:?}/{policies} policies/{how}"), |b| {
                b.iter(|| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    asked += 1;
                    let pick = usize::try_from(state % 10_000).unwrap_or_default();
                    let (who, key) = (&callers[pick / SIDE], &keys[pick % SIDE]);
                    runtime.block_on(decide(&w, who, key));
                });
            });
            eprintln!(
                "{policies} policies, {how}: {} of {asked} worked out",
                w.decider.worked_out() - before
            );
        }
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
