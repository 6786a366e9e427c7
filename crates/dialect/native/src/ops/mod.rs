//! The operations, one file each, and the one match that leads to them.

mod bind_name;
mod cancel_destruction;
mod create_account;
mod create_credential;
mod create_key;
mod create_principal;
mod create_tenant;
mod data_key;
mod decrypt;
mod disable_key;
mod enable_key;
mod encrypt;
mod explain_policy;
mod generate_data_key;
mod generate_wrapped_data_key;
mod get_key_policy;
mod init;
mod list_credentials;
mod list_keys;
mod list_names;
mod list_policies;
mod list_principals;
mod list_tenants;
mod put_key_policy;
mod reset_unseal;
mod revoke_credential;
mod rotate_key;
mod schedule_destruction;
mod seal;
mod search_audit;
mod show_key;
mod show_me;
mod status;
mod unseal;
mod update_principal;
mod write_policy;

pub(crate) use init::init;
pub(crate) use reset_unseal::reset_unseal;
pub(crate) use status::status;
pub(crate) use unseal::unseal;

use crate::exchange::Exchange;
use crate::operations::Op;
use crate::refused::Refused;
use crate::reply::Answer;

/// Leads to an operation that is authenticated; the open ones are taken before.
pub(crate) async fn dispatch(op: Op, exchange: Exchange<'_>) -> Result<Answer, Refused> {
    match op {
        Op::Status | Op::Unseal | Op::ResetUnseal | Op::Init => {
            Err(exchange.refuse(Refused::internal()).await)
        }
        Op::BindName => exchange.run::<bind_name::BindName>().await,
        Op::CancelDestruction => exchange.run::<cancel_destruction::CancelDestruction>().await,
        Op::CreateAccount => exchange.run::<create_account::CreateAccount>().await,
        Op::CreateCredential => exchange.run::<create_credential::CreateCredential>().await,
        Op::CreateKey => exchange.run::<create_key::CreateKey>().await,
        Op::CreatePrincipal => exchange.run::<create_principal::CreatePrincipal>().await,
        Op::CreateTenant => exchange.run::<create_tenant::CreateTenant>().await,
        Op::Decrypt => exchange.run::<decrypt::Decrypt>().await,
        Op::DisableKey => exchange.run::<disable_key::DisableKey>().await,
        Op::EnableKey => exchange.run::<enable_key::EnableKey>().await,
        Op::Encrypt => exchange.run::<encrypt::Encrypt>().await,
        Op::ExplainPolicy => exchange.run_in::<explain_policy::ExplainPolicy>(explain_policy::tenant).await,
        Op::GenerateDataKey => exchange.run::<generate_data_key::GenerateDataKey>().await,
        Op::GenerateWrappedDataKey => {
            exchange.run::<generate_wrapped_data_key::GenerateWrappedDataKey>().await
        }
        Op::GetKeyPolicy => exchange.run::<get_key_policy::GetKeyPolicy>().await,
        Op::ListCredentials => exchange.run::<list_credentials::ListCredentials>().await,
        Op::ListKeys => exchange.run::<list_keys::ListKeys>().await,
        Op::ListNames => exchange.run::<list_names::ListNames>().await,
        Op::ListPolicies => exchange.run::<list_policies::ListPolicies>().await,
        Op::ListPrincipals => exchange.run::<list_principals::ListPrincipals>().await,
        Op::ListTenants => exchange.run::<list_tenants::ListTenants>().await,
        Op::PutKeyPolicy => exchange.run::<put_key_policy::PutKeyPolicy>().await,
        Op::RevokeCredential => exchange.run::<revoke_credential::RevokeCredential>().await,
        Op::RotateKey => exchange.run::<rotate_key::RotateKey>().await,
        Op::ScheduleDestruction => exchange.run::<schedule_destruction::ScheduleDestruction>().await,
        Op::Seal => exchange.run::<seal::Seal>().await,
        Op::SearchAudit => exchange.run::<search_audit::SearchAudit>().await,
        Op::ShowKey => exchange.run::<show_key::ShowKey>().await,
        Op::ShowMe => exchange.run::<show_me::ShowMe>().await,
        Op::UpdatePrincipal => exchange.run::<update_principal::UpdatePrincipal>().await,
        Op::WritePolicy => exchange.run::<write_policy::WritePolicy>().await,
    }
}
