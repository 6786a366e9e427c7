//! Epochs: who decided on old state does not commit (INV-10).

use domain::{Scope, Sealable};
use spi::{Batch, CommitError};

use super::sample::{principal, put, tenant};
use super::{Bench, StoreHarness};

fn raising(n: u8, scopes: &[Scope]) -> Batch {
    let raise = scopes.to_vec();
    Batch { raise, revokes: true, ..put([Sealable::create(&principal(n, &format!("p{n}")))]) }
}

fn fenced(n: u8, fence: &[(Scope, u64)]) -> Batch {
    Batch { fence: fence.to_vec(), ..put([Sealable::create(&principal(n, &format!("p{n}")))]) }
}

pub async fn a_stale_fence_is_refused<H: StoreHarness>(b: Bench<H>) {
    let (here, there) = (Scope::Tenant(tenant(1)), Scope::Tenant(tenant(2)));
    b.store.commit(fenced(1, &[(here, 0), (Scope::System, 0)])).await.unwrap();
    b.store.commit(raising(2, &[here])).await.unwrap();
    match b.store.commit(fenced(3, &[(Scope::System, 0), (here, 0), (there, 0)])).await {
        Err(CommitError::Stale(scopes)) => assert_eq!(scopes, [here]),
        other => panic!("{other:?}"),
    }
    b.store.commit(fenced(3, &[(here, 1), (there, 0)])).await.unwrap();
}

pub async fn a_raise_is_seen_and_logged<H: StoreHarness>(b: Bench<H>) {
    let here = Scope::Tenant(tenant(1));
    let fence = b.epochs.capture([here, Scope::System]);
    let done = b.store.commit(raising(1, &[here, here])).await.unwrap();
    assert_eq!(done.raised, [(here, 1)], "once, however often it is named");
    assert_eq!(fence.stale(), [here]);
    assert_eq!(b.log.last().unwrap().record.raised, [(here, 1)]);
}

pub async fn epochs_survive_reopening<H: StoreHarness>(b: Bench<H>) {
    let here = Scope::Tenant(tenant(1));
    b.store.commit(raising(1, &[here])).await.unwrap();
    b.store.commit(raising(2, &[here, Scope::System])).await.unwrap();
    let b = b.reopened().await;
    assert_eq!((b.epochs.current(here), b.epochs.current(Scope::System)), (2, 1));
    assert!(matches!(b.store.commit(fenced(3, &[(here, 1)])).await, Err(CommitError::Stale(_))));
    assert_eq!(b.store.commit(raising(4, &[here])).await.unwrap().raised, [(here, 3)]);
}

pub async fn of_two_in_one_group_the_later_sees_the_earlier<H: StoreHarness>(b: Bench<H>) {
    let here = Scope::Tenant(tenant(1));
    let both = |n| Batch { raise: vec![here], ..fenced(n, &[(here, 0)]) };
    let all = (1..=8).map(|n| b.store.commit(both(n)));
    let mut won = 0;
    for outcome in futures_util::future::join_all(all).await {
        match outcome {
            Ok(_) => won += 1,
            Err(CommitError::Stale(_)) => {}
            Err(e) => panic!("{e}"),
        }
    }
    assert_eq!((won, b.epochs.current(here)), (1, 1));
}

pub async fn the_stale_hear_of_it_after_the_raise<H: StoreHarness>(b: Bench<H>) {
    let here = Scope::Tenant(tenant(1));
    for round in 0..5_u8 {
        let before = b.epochs.current(here);
        // Something before them, so that the others gather in one group while the writer is busy.
        let first = b.store.commit(put([Sealable::create(&principal(100 + round, &format!("f{round}")))]));
        let racing = |n: u8| {
            let b = &b;
            async move {
                let n = 10 * round + n;
                let raising = Batch { raise: vec![here], ..fenced(n, &[(here, before)]) };
                (b.store.commit(raising).await, b.epochs.current(here))
            }
        };
        let (first, racers) =
            futures_util::future::join(first, futures_util::future::join_all((1..=8).map(racing))).await;
        first.unwrap();
        for (outcome, seen) in racers {
            assert_eq!(
                seen,
                before + 1,
                "who is told to decide again must not capture the old epoch: {outcome:?}"
            );
        }
    }
}
