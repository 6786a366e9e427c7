//! What one seal and one open cost, in both forms, at the size of a data key and at the largest plaintext of AWS.
#![expect(clippy::expect_used, reason = "a bench that cannot begin ends")]

use criterion::{Criterion, criterion_group, criterion_main};
use domain::KeySpec;
use keystead_provider_software::Software;
use spi::{CryptoProvider, SealCrypto};

fn forms(c: &mut Criterion) {
    let provider = Software::new();
    let material = provider.generate(KeySpec::Aes256).expect("material");
    let key = provider.load(KeySpec::Aes256, &material).expect("a loaded key");
    let (header, aad) = ([7; 36], [9; 24]);
    for len in [64, 4096] {
        let plaintext = provider.random(len).expect("plaintext");
        let mut sealed = header.to_vec();
        provider.seal_envelope(&key, &aad, &plaintext, &mut sealed).expect("sealed");
        let body = sealed.split_off(header.len());
        let direct = provider.seal_direct(&key, &aad, &plaintext).expect("sealed");
        c.bench_function(&format!("seal_envelope/{len}"), |b| {
            b.iter(|| {
                let mut out = header.to_vec();
                provider.seal_envelope(&key, &aad, &plaintext, &mut out).map(|()| out)
            });
        });
        c.bench_function(&format!("open_envelope/{len}"), |b| {
            b.iter(|| provider.open_envelope(&key, &header, &aad, &body));
        });
        c.bench_function(&format!("seal_direct/{len}"), |b| {
            b.iter(|| provider.seal_direct(&key, &aad, &plaintext));
        });
        c.bench_function(&format!("open_direct/{len}"), |b| {
            b.iter(|| provider.open_direct(&key, &aad, &direct));
        });
    }
    c.bench_function("load", |b| b.iter(|| provider.load(KeySpec::Aes256, &material)));
}

fn rows(c: &mut Criterion) {
    let provider = Software::new();
    let kek = provider.fresh_key();
    let row = [3; 1024];
    let sealed = provider.seal(&kek, b"place", &row).expect("sealed");
    c.bench_function("row_seal/1024", |b| b.iter(|| provider.seal(&kek, b"place", &row)));
    c.bench_function("row_open/1024", |b| b.iter(|| provider.open(&kek, b"place", &sealed)));
    c.bench_function("row_prf", |b| b.iter(|| provider.prf(&kek, &[b"a row's id", &[0; 8]])));
}

criterion_group!(benches, forms, rows);
criterion_main!(benches);
