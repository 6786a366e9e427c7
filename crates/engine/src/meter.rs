//! temp
#[derive(Default)]
pub(crate) struct Meter;
impl Meter {
    pub(crate) fn admits(&self, _: Option<std::net::IpAddr>, _: domain::Timestamp) -> bool {
        true
    }
}
