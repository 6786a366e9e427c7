//! Which canonical actions each operation asks for, and on what (INV-6); the same table routes.

use domain::Action;
use http::Method;

/// What an action of an operation is asked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceRule {
    /// The installation.
    System,
    /// The account: the caller's own, or the one that is named.
    Account,
    /// The tenant that the path or body names.
    Tenant,
    /// The key that is named, or that the ciphertext names.
    Key,
    /// The name that is to be bound; at birth of a key only if it is given one.
    Name,
    /// The principal that is named, or whose credential is.
    Principal,
    /// The audit log of the caller's account.
    AuditLog,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct OperationRow {
    /// As it stands in the audit log.
    pub name: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path below `/keystead/v1/`; `{…}` stands for one percent-encoded segment.
    pub path: &'static str,
    /// All must be allowed, a rule on a key where one is named (`name.list` then asks about the key instead of the
    /// tenant); none for what every authenticated caller may, and for what is open by nature.
    pub asks: &'static [(Action, ResourceRule)],
    pub(crate) op: Op,
}

macro_rules! operations {
    ($($op:ident = $name:literal, $method:ident $path:literal, [$($action:ident on $rule:ident),*];)*) => {
        /// Every operation, for the one match that leads to them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Op {
            $($op,)*
        }

        /// Every operation that is answered.
        pub const OPERATIONS: &[OperationRow] = &[$(OperationRow {
            name: $name,
            method: Method::$method,
            path: $path,
            asks: &[$((Action::$action, ResourceRule::$rule)),*],
            op: Op::$op,
        },)*];
    };
}

operations! {
    Status = "sys.status", GET "sys/status", [];
    Unseal = "sys.unseal", POST "sys/unseal", [];
    ResetUnseal = "sys.reset-unseal", DELETE "sys/unseal", [];
    Init = "sys.init", POST "sys/init", [];
    Seal = "sys.seal", POST "sys/seal", [Seal on System];
    ShowMe = "me.show", GET "me", [];
    CreateAccount = "account.create", POST "accounts", [CreateAccount on System];
    CreateTenant = "tenant.create", POST "tenants", [CreateTenant on Account];
    ListTenants = "tenant.list", GET "tenants", [ListTenants on Account];
    CreateKey = "key.create", POST "tenants/{tenant}/keys", [CreateKey on Tenant, LabelKey on Tenant, BindName on Name];
    ListKeys = "key.list", GET "tenants/{tenant}/keys", [ListKeys on Tenant];
    ShowKey = "key.show", GET "tenants/{tenant}/keys/{key}", [DescribeKey on Key];
    EnableKey = "key.enable", POST "tenants/{tenant}/keys/{key}:enable", [EnableKey on Key];
    DisableKey = "key.disable", POST "tenants/{tenant}/keys/{key}:disable", [DisableKey on Key];
    RotateKey = "key.rotate", POST "tenants/{tenant}/keys/{key}:rotate", [RotateKey on Key];
    ScheduleDestruction = "key.schedule-destruction",
        POST "tenants/{tenant}/keys/{key}:schedule-destruction", [ScheduleDestruction on Key];
    CancelDestruction = "key.cancel-destruction",
        POST "tenants/{tenant}/keys/{key}:cancel-destruction", [CancelDestruction on Key];
    Encrypt = "key.encrypt", POST "tenants/{tenant}/keys/{key}:encrypt", [Encrypt on Key];
    Decrypt = "key.decrypt", POST "tenants/{tenant}/keys/{key}:decrypt", [Decrypt on Key];
    GenerateDataKey = "key.generate-data-key",
        POST "tenants/{tenant}/keys/{key}:generate-data-key", [GenerateDataKey on Key];
    GenerateWrappedDataKey = "key.generate-wrapped-data-key",
        POST "tenants/{tenant}/keys/{key}:generate-wrapped-data-key", [GenerateWrappedDataKey on Key];
    GetKeyPolicy = "key.get-policy", GET "tenants/{tenant}/keys/{key}/policy", [GetKeyPolicy on Key];
    PutKeyPolicy = "key.put-policy", PUT "tenants/{tenant}/keys/{key}/policy", [PutKeyPolicy on Key];
    BindName = "name.bind", POST "tenants/{tenant}/names", [BindName on Key, BindName on Name];
    ListNames = "name.list", GET "tenants/{tenant}/names", [ListNames on Tenant, ListNames on Key];
    CreatePrincipal = "principal.create", POST "principals", [CreatePrincipal on Account];
    ListPrincipals = "principal.list", GET "principals", [ListPrincipals on Account];
    UpdatePrincipal = "principal.update", PATCH "principals/{principal}", [UpdatePrincipal on Principal];
    CreateCredential = "credential.create",
        POST "principals/{principal}/credentials", [CreateCredential on Principal];
    ListCredentials = "credential.list",
        GET "principals/{principal}/credentials", [ListCredentials on Principal];
    RevokeCredential = "credential.revoke", DELETE "credentials/{credential}", [RevokeCredential on Principal];
    WritePolicy = "policy.write", PUT "policies/{policy}", [WritePolicy on Account];
    ListPolicies = "policy.list", GET "policies", [ReadPolicy on Account];
    ExplainPolicy = "policy.explain", POST "explain", [ExplainPolicy on Account, DescribeKey on Key];
    SearchAudit = "audit.search", GET "audit", [ReadAudit on AuditLog];
}

/// A path's operation and the texts that stand for its `{…}`, in order.
#[derive(Debug)]
pub(crate) struct Routed {
    pub(crate) row: &'static OperationRow,
    pub(crate) captures: Vec<String>,
}

/// Why a path leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRoute {
    /// No operation has it.
    Path,
    /// These methods have it.
    Method(Vec<&'static str>),
}

/// Finds the operation of a request; the path is as received.
pub(crate) fn route(method: &Method, path: &str) -> Result<Routed, NoRoute> {
    let path = path.strip_prefix(codec_native::ROOT).ok_or(NoRoute::Path)?;
    let fits = OPERATIONS.iter().filter_map(|row| Some(Routed { row, captures: capture(row.path, path)? }));
    let mut fits: Vec<Routed> = fits.collect();
    if let Some(at) = fits.iter().position(|fit| fit.row.method == *method) {
        return Ok(fits.swap_remove(at));
    }
    let methods: Vec<_> = fits.iter().map(|fit| method_word(&fit.row.method)).collect();
    if methods.is_empty() { Err(NoRoute::Path) } else { Err(NoRoute::Method(methods)) }
}

fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "GET",
    }
}

/// The texts for the `{…}` of a pattern, if the path has its form.
fn capture(pattern: &str, path: &str) -> Option<Vec<String>> {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    let mut captures = Vec::new();
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return Some(captures),
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{') {
                None if wanted == given => {}
                None => return None,
                Some(wanted) => captures.push(segment(wanted, given)?),
            },
            _ => return None,
        }
    }
}

/// `key}` takes the whole segment; `key}:verb` what stands before the last colon, if the verb stands behind it.
fn segment(wanted: &str, given: &str) -> Option<String> {
    let given = match wanted.split_once(':') {
        None => given,
        Some((_, verb)) => given.rsplit_once(':').filter(|(_, said)| *said == verb)?.0,
    };
    codec_native::decode_segment(given).ok().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, path: &str, name: &str, captures: &[&str]) {
        let routed = route(&method, path).unwrap();
        assert_eq!(routed.row.name, name, "{path}");
        assert_eq!(routed.captures, captures, "{path}");
    }

    #[test]
    fn references_and_verbs_are_told_apart() {
        let keys = "/keystead/v1/tenants/default/keys";
        check(Method::POST, keys, "key.create", &["default"]);
        check(Method::GET, &format!("{keys}/app"), "key.show", &["default", "app"]);
        check(Method::GET, &format!("{keys}/aws:app"), "key.show", &["default", "aws:app"]);
        check(Method::POST, &format!("{keys}/app:encrypt"), "key.encrypt", &["default", "app"]);
        check(Method::POST, &format!("{keys}/-:decrypt"), "key.decrypt", &["default", "-"]);
        let vault = format!("{keys}/vault%3Atransit%2Fapp:encrypt");
        check(Method::POST, &vault, "key.encrypt", &["default", "vault:transit/app"]);
        check(Method::GET, &format!("{keys}/a%2Fb/policy"), "key.get-policy", &["default", "a/b"]);
    }

    #[test]
    fn what_has_no_operation_is_told_apart_from_what_has_another_method() {
        for path in
            ["/", "/keystead/v1/", "/keystead/v1/keys", "/keystead/v1/me/", "/keystead/v1/tenants//keys"]
        {
            assert_eq!(route(&Method::GET, path).unwrap_err(), NoRoute::Path, "{path}");
        }
        let bad = "/keystead/v1/tenants/%zz/keys";
        assert_eq!(route(&Method::GET, bad).unwrap_err(), NoRoute::Path);
        assert_eq!(
            route(&Method::DELETE, "/keystead/v1/tenants").unwrap_err(),
            NoRoute::Method(vec!["POST", "GET"])
        );
        assert_eq!(
            route(&Method::POST, "/keystead/v1/tenants/t/keys/app:encript").unwrap_err(),
            NoRoute::Method(vec!["GET"])
        );
    }

    /// The client's own reviewed list of requests: each has its operation here, and each operation is asked there.
    #[test]
    fn inv_6_client_and_dialect_agree() {
        let calls =
            include_str!("../../../client/tests/it/snapshots/it__calls__each_call_is_as_reviewed.snap");
        let asked =
            calls.lines().filter_map(|line| line.split_once(' ').filter(|(_, at)| at.starts_with('/')));
        let mut seen = std::collections::BTreeSet::from(["sys.init"]);
        for (method, target) in asked {
            let path = target.split('?').next().unwrap();
            seen.insert(route(&method.parse().unwrap(), path).unwrap().row.name);
        }
        assert_eq!(seen, OPERATIONS.iter().map(|row| row.name).collect());
    }

    #[test]
    fn inv_6_no_two_rows_answer_the_same_request() {
        for row in OPERATIONS {
            let path = format!("{}{}", codec_native::ROOT, row.path.replace(['{', '}'], ""));
            assert_eq!(route(&row.method, &path).unwrap().row.name, row.name);
            let same = OPERATIONS.iter().filter(|other| other.name == row.name || other.op == row.op);
            assert_eq!(same.count(), 1, "{}", row.name);
        }
    }
}
