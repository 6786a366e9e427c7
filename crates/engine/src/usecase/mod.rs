//! The use cases, one file each, and the one match that leads to them.

mod agree_key;
mod begun;
mod bind_name;
mod create_key;
mod credentials;
mod decrypt;
mod describe_key;
mod encapsulate;
mod encrypt;
mod explain_policy;
mod generate_data_key;
mod generate_data_key_pair;
mod generate_random;
mod get_last_use;
mod get_public_key;
mod key_policy;
mod labels;
mod lifecycle;
mod list_keys;
mod list_names;
mod mac;
mod places;
mod policies;
mod principals;
mod rebind_name;
mod reencrypt;
mod rotate_key;
mod rotation;
mod seal_system;
mod search_audit;
mod sign;
mod unbind_name;
mod update_description;
mod who_am_i;

pub(crate) use credentials::{credential_id, keep, token_id};
pub(crate) use places::{check_bindings, check_name, tenant_change};

use api::{Command, Fault, FaultWhat};

use crate::plan::Plan;
use crate::session::Session;

impl Session<'_> {
    /// Runs the use case of a command. The uses stand apart, so that their future is small: every request moves it.
    pub(crate) async fn perform(&mut self, command: &Command) -> Result<Plan, Fault> {
        match command {
            Command::Encrypt(op) => self.encrypt(op).await,
            Command::Decrypt(op) => self.decrypt(op).await,
            Command::GenerateDataKey(op) => self.generate_data_key(op).await,
            Command::Sign(op) => Box::pin(self.sign(op)).await,
            Command::Verify(op) => Box::pin(self.verify(op)).await,
            Command::GenerateMac(op) => Box::pin(self.generate_mac(op)).await,
            Command::VerifyMac(op) => Box::pin(self.verify_mac(op)).await,
            other => Box::pin(self.perform_rarer(other)).await,
        }
    }

    /// Wildcard-free, so that a new operation does not compile until it stands here.
    async fn perform_rarer(&mut self, command: &Command) -> Result<Plan, Fault> {
        match command {
            Command::CreateKey(op) => self.create_key(op).await,
            Command::DescribeKey(op) => self.describe_key(op).await,
            Command::UpdateDescription(op) => self.update_description(op).await,
            Command::LabelKey(op) => self.label_key(op).await,
            Command::UnlabelKey(op) => self.unlabel_key(op).await,
            Command::ListLabels(op) => self.list_labels(op).await,
            Command::ListKeys(op) => self.list_keys(op).await,
            Command::EnableKey(op) => self.enable_key(op).await,
            Command::DisableKey(op) => self.disable_key(op).await,
            Command::ScheduleDestruction(op) => self.schedule_destruction(op).await,
            Command::CancelDestruction(op) => self.cancel_destruction(op).await,
            Command::RotateKey(op) => self.rotate_key(op).await,
            Command::EnableRotation(op) => self.enable_rotation(op).await,
            Command::DisableRotation(op) => self.disable_rotation(op).await,
            Command::GetRotation(op) => self.get_rotation(op).await,
            Command::GetLastUse(op) => self.get_last_use(op).await,
            Command::ListRotations(op) => self.list_rotations(op).await,
            Command::GenerateDataKeyPair(op) => self.generate_data_key_pair(op).await,
            Command::GetPublicKey(op) => self.get_public_key(op).await,
            Command::AgreeKey(op) => self.agree_key(op).await,
            Command::Encapsulate(op) => self.encapsulate(op).await,
            Command::Decapsulate(op) => self.decapsulate(op).await,
            Command::Encrypt(_)
            | Command::Decrypt(_)
            | Command::GenerateDataKey(_)
            | Command::Sign(_)
            | Command::Verify(_)
            | Command::GenerateMac(_)
            | Command::VerifyMac(_) => Err(FaultWhat::Internal.into()),
            Command::ReEncrypt(op) => self.reencrypt(op).await,
            Command::GenerateRandom(op) => self.generate_random(op).await,
            Command::BindName(op) => self.bind_name(op).await,
            Command::RebindName(op) => self.rebind_name(op).await,
            Command::UnbindName(op) => self.unbind_name(op).await,
            Command::ListNames(op) => self.list_names(op).await,
            Command::ListKeyPolicies(op) => self.list_key_policies(op).await,
            Command::GetKeyPolicy(op) => self.get_key_policy(op).await,
            Command::PutKeyPolicy(op) => self.put_key_policy(op).await,
            Command::WhoAmI(op) => self.who_am_i(op).await,
            Command::CreateAccount(op) => self.create_account(op).await,
            Command::CreateTenant(op) => self.create_tenant(op).await,
            Command::ListTenants(op) => self.list_tenants(op).await,
            Command::CreatePrincipal(op) => self.create_principal(op).await,
            Command::UpdatePrincipal(op) => self.update_principal(op).await,
            Command::ListPrincipals(op) => self.list_principals(op).await,
            Command::CreateCredential(op) => self.create_credential(op).await,
            Command::ListCredentials(op) => self.list_credentials(op).await,
            Command::RevokeCredential(op) => self.revoke_credential(op).await,
            Command::WritePolicy(op) => self.write_policy(op).await,
            Command::ListPolicies(op) => self.list_policies(op).await,
            Command::ExplainPolicy(op) => self.explain_policy(op).await,
            Command::SearchAudit(op) => self.search_audit(op).await,
            Command::SealSystem(op) => self.seal_system(op).await,
        }
    }
}
