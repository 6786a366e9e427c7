#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if data.len() > 3 && data[0]==b'a' && data[1]==b'w' && data[2]==b's' && data[3]==b'4' { panic!("found"); }
});
