//! The operations, one file each, and the one match that leads to them.

mod cancel_key_deletion;
mod create_alias;
mod create_key;
mod decrypt;
mod delete_alias;
mod describe_key;
mod disable_key;
mod enable_key;
mod encrypt;
mod generate_data_key;
mod generate_data_key_without_plaintext;
mod generate_random;
mod get_key_policy;
mod list_aliases;
mod list_key_policies;
mod list_keys;
mod list_resource_tags;
mod members;
mod put_key_policy;
mod re_encrypt;
mod schedule_key_deletion;
mod tag_resource;
mod tags;
mod untag_resource;
mod update_alias;
mod update_key_description;

use crate::call::Exchange;
use crate::operations::ABSENT;
use crate::wire::WireError;

/// Leads to the operation that the target names.
pub(crate) async fn dispatch(name: &str, exchange: Exchange<'_>) -> Result<Vec<u8>, WireError> {
    match name {
        "CancelKeyDeletion" => exchange.run::<cancel_key_deletion::CancelKeyDeletion>().await,
        "CreateAlias" => exchange.run::<create_alias::CreateAlias>().await,
        "CreateKey" => exchange.run::<create_key::CreateKey>().await,
        "Decrypt" => exchange.run::<decrypt::Decrypt>().await,
        "DeleteAlias" => exchange.run::<delete_alias::DeleteAlias>().await,
        "DescribeKey" => exchange.run::<describe_key::DescribeKey>().await,
        "DisableKey" => exchange.run::<disable_key::DisableKey>().await,
        "EnableKey" => exchange.run::<enable_key::EnableKey>().await,
        "Encrypt" => exchange.run::<encrypt::Encrypt>().await,
        "GenerateDataKey" => exchange.run::<generate_data_key::GenerateDataKey>().await,
        "GenerateDataKeyWithoutPlaintext" => {
            exchange.run::<generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext>().await
        }
        "GenerateRandom" => exchange.run::<generate_random::GenerateRandom>().await,
        "GetKeyPolicy" => exchange.run::<get_key_policy::GetKeyPolicy>().await,
        "ListAliases" => exchange.run::<list_aliases::ListAliases>().await,
        "ListKeyPolicies" => exchange.run::<list_key_policies::ListKeyPolicies>().await,
        "ListKeys" => exchange.run::<list_keys::ListKeys>().await,
        "ListResourceTags" => exchange.run::<list_resource_tags::ListResourceTags>().await,
        "PutKeyPolicy" => exchange.run::<put_key_policy::PutKeyPolicy>().await,
        "ReEncrypt" => exchange.run::<re_encrypt::ReEncrypt>().await,
        "ScheduleKeyDeletion" => exchange.run::<schedule_key_deletion::ScheduleKeyDeletion>().await,
        "TagResource" => exchange.run::<tag_resource::TagResource>().await,
        "UntagResource" => exchange.run::<untag_resource::UntagResource>().await,
        "UpdateAlias" => exchange.run::<update_alias::UpdateAlias>().await,
        "UpdateKeyDescription" => exchange.run::<update_key_description::UpdateKeyDescription>().await,
        other if ABSENT.contains(&other) => {
            let text = format!("{other} is not supported by this server yet; see its compatibility table.");
            Err(exchange.refuse(WireError::unsupported(text)).await)
        }
        _ => Err(exchange.refuse(WireError::unknown_operation()).await),
    }
}
