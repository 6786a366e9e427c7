//! The process that is killed: eight workers that create, suspend, resume, rotate, schedule, cancel and use keys, and
//! say each acknowledged request on standard output; beside them time flies, and what is due is destroyed.
//!
//! What worker `w` does next follows from the seed and the state of its keys alone. No two workers share a key, so
//! every refusal but a conflict is a finding.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use api::ops::{
    CancelDestruction, DescribeKey, DisableKey, EnableKey, KeyRef, ListKeys, RotateKey, ScheduleDestruction,
};
use api::{Fault, FaultWhat, Operation, Precondition};
use domain::{Key, KeyId, KeyState};

use super::dice::Dice;
use crate::house::{House, WEEK, encrypt, new_key, secret_of};

const WORKERS: usize = 8;

/// Works in the folder until it is killed.
pub(super) fn work(folder: &Path, seed: u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        say("started");
        let house = Arc::new(House::open(folder).await);
        let keys = all_keys(&house).await;
        say("ready");
        let mut workers = tokio::task::JoinSet::new();
        for w in 0..WORKERS {
            let own = keys.iter().copied().skip(w).step_by(WORKERS).collect();
            let worker = Worker { house: house.clone(), dice: Dice::of(seed, w as u64), keys: own };
            workers.spawn(worker.work());
        }
        workers.spawn(let_time_fly(house));
        // None of them ends by itself, unless it is refused something.
        let ended = workers.join_next().await.unwrap().unwrap();
        say(&format!("refused {ended}"));
    });
}

/// Two days in an instant, again and again.
async fn let_time_fly(house: Arc<House>) -> String {
    loop {
        house.pass(2 * 86_400);
        match house.engine.tick().await {
            Ok(ticked) if ticked.failed == 0 && !ticked.held => {}
            Ok(ticked) => return format!("{ticked:?}"),
            Err(fault) => return format!("tick {} {:?}", fault.what.word(), fault.cause()),
        }
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    }
}

/// Whether a key was destroyed before it was asked for.
fn is_gone(fault: &Fault) -> bool {
    match &fault.what {
        FaultWhat::KeyNotFound { .. } => true,
        FaultWhat::WrongState { state, .. } => state.is_destroyed(),
        FaultWhat::Precondition(what) => matches!(what, Precondition::DestructionNotScheduled { .. }),
        _ => false,
    }
}

/// One whole line in one write: a pipe takes it whole or not at all.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("\n{line}\n").as_bytes()).unwrap();
}

/// Every key of the tenant, oldest first.
pub(super) async fn all_keys(house: &House) -> Vec<KeyId> {
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page = house.run(ListKeys { after, limit: 1000 }).await.unwrap().keys;
        keys.extend(page.items);
        after = page.next;
        if after.is_none() {
            return keys;
        }
    }
}

struct Worker {
    house: Arc<House>,
    dice: Dice,
    keys: Vec<KeyId>,
}

impl Worker {
    async fn work(mut self) -> String {
        loop {
            match self.step().await {
                // Too many changes around it, for too long: nothing was done.
                Err(fault) if fault.what == FaultWhat::Conflict => say("conflict"),
                Err(fault) => return format!("{} {:?}", fault.what.word(), fault.cause()),
                Ok(()) => {}
            }
        }
    }

    async fn step(&mut self) -> Result<(), Fault> {
        let roll = self.dice.below(100);
        if self.keys.is_empty() || roll < 20 {
            let made = self.ask(new_key()).await?;
            self.keys.push(made.key.id());
            return Ok(());
        }
        let id = self.keys[self.dice.below(self.keys.len() as u64) as usize];
        let done = match self.ask(DescribeKey { key: KeyRef::Id(id) }).await {
            Ok(view) => self.change(&view.key, roll).await,
            Err(fault) => Err(fault),
        };
        if done.as_ref().is_err_and(is_gone) {
            self.keys.retain(|key| *key != id);
            return Ok(());
        }
        done
    }

    /// One lawful change or use, by the key's state.
    async fn change(&self, key: &Key, roll: u64) -> Result<(), Fault> {
        let id = KeyRef::Id(key.id());
        if key.destruction().is_some() {
            return self.ask(CancelDestruction { key: id }).await.map(drop);
        }
        match (key.state(), roll) {
            (KeyState::Active, 0..50) => {
                let plaintext = secret_of(&key.id().to_string());
                let done = self.ask(encrypt(key.id(), plaintext)).await?;
                let ciphertext = &done.items[0].as_ref().unwrap().ciphertext;
                say(&format!("sealed {} {}", key.id(), hex::encode(ciphertext)));
                Ok(())
            }
            (KeyState::Active, 50..65) => self.ask(DisableKey { key: id }).await.map(drop),
            (KeyState::Active, 65..85) => self.ask(RotateKey::unbounded(id)).await.map(drop),
            (KeyState::Suspended, 0..85) => self.ask(EnableKey { key: id }).await.map(drop),
            _ => self.ask(ScheduleDestruction { key: id, wait: WEEK }).await.map(drop),
        }
    }

    /// Asks, and says that it was answered.
    async fn ask<O: Operation>(&self, op: O) -> Result<O::Output, Fault> {
        let context = self.house.context::<O>();
        let id = context.id;
        let answer = self.house.run_in(context, op).await?;
        say(&format!("answered {id}"));
        Ok(answer)
    }
}
