//! The operations, one file each, and the one match that leads to them.

mod cancel_key_deletion;
mod create_alias;
mod create_key;
mod decapsulate;
mod decrypt;
mod delete_alias;
mod derive_shared_secret;
mod describe_key;
mod disable_key;
mod disable_key_rotation;
mod enable_key;
mod enable_key_rotation;
mod encapsulate;
mod encrypt;
mod generate_data_key;
mod generate_data_key_pair;
mod generate_data_key_pair_without_plaintext;
mod generate_data_key_without_plaintext;
mod generate_mac;
mod generate_random;
mod get_key_last_usage;
mod get_key_policy;
mod get_key_rotation_status;
mod get_public_key;
mod list_aliases;
mod list_key_policies;
mod list_key_rotations;
mod list_keys;
mod list_resource_tags;
mod members;
mod put_key_policy;
mod re_encrypt;
mod rotate_key_on_demand;
mod schedule_key_deletion;
mod sign;
mod tag_resource;
mod tags;
mod untag_resource;
mod update_alias;
mod update_key_description;
mod verify;
mod verify_mac;

use crate::call::Exchange;
use crate::operations::ABSENT;
use crate::wire::WireError;

/// Leads to the operation that the target names.
pub(crate) async fn dispatch(name: &str, exchange: Exchange<'_>) -> Result<Vec<u8>, WireError> {
    match name {
        "CancelKeyDeletion" => exchange.run::<cancel_key_deletion::CancelKeyDeletion>().await,
        "CreateAlias" => exchange.run::<create_alias::CreateAlias>().await,
        "CreateKey" => exchange.run::<create_key::CreateKey>().await,
        "Decapsulate" => exchange.run::<decapsulate::Decapsulate>().await,
        "Decrypt" => exchange.run::<decrypt::Decrypt>().await,
        "DeleteAlias" => exchange.run::<delete_alias::DeleteAlias>().await,
        "DeriveSharedSecret" => exchange.run::<derive_shared_secret::DeriveSharedSecret>().await,
        "DescribeKey" => exchange.run::<describe_key::DescribeKey>().await,
        "DisableKey" => exchange.run::<disable_key::DisableKey>().await,
        "DisableKeyRotation" => exchange.run::<disable_key_rotation::DisableKeyRotation>().await,
        "EnableKey" => exchange.run::<enable_key::EnableKey>().await,
        "EnableKeyRotation" => exchange.run::<enable_key_rotation::EnableKeyRotation>().await,
        "Encapsulate" => exchange.run::<encapsulate::Encapsulate>().await,
        "Encrypt" => exchange.run::<encrypt::Encrypt>().await,
        "GenerateDataKey" => exchange.run::<generate_data_key::GenerateDataKey>().await,
        "GenerateDataKeyPair" => exchange.run::<generate_data_key_pair::GenerateDataKeyPair>().await,
        "GenerateDataKeyPairWithoutPlaintext" => {
            exchange
                .run::<generate_data_key_pair_without_plaintext::GenerateDataKeyPairWithoutPlaintext>()
                .await
        }
        "GenerateDataKeyWithoutPlaintext" => {
            exchange.run::<generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext>().await
        }
        "GenerateMac" => exchange.run::<generate_mac::GenerateMac>().await,
        "GenerateRandom" => exchange.run::<generate_random::GenerateRandom>().await,
        "GetKeyLastUsage" => exchange.run::<get_key_last_usage::GetKeyLastUsage>().await,
        "GetKeyPolicy" => exchange.run::<get_key_policy::GetKeyPolicy>().await,
        "GetKeyRotationStatus" => exchange.run::<get_key_rotation_status::GetKeyRotationStatus>().await,
        "GetPublicKey" => exchange.run::<get_public_key::GetPublicKey>().await,
        "ListAliases" => exchange.run::<list_aliases::ListAliases>().await,
        "ListKeyPolicies" => exchange.run::<list_key_policies::ListKeyPolicies>().await,
        "ListKeyRotations" => exchange.run::<list_key_rotations::ListKeyRotations>().await,
        "ListKeys" => exchange.run::<list_keys::ListKeys>().await,
        "ListResourceTags" => exchange.run::<list_resource_tags::ListResourceTags>().await,
        "PutKeyPolicy" => exchange.run::<put_key_policy::PutKeyPolicy>().await,
        "ReEncrypt" => exchange.run::<re_encrypt::ReEncrypt>().await,
        "RotateKeyOnDemand" => exchange.run::<rotate_key_on_demand::RotateKeyOnDemand>().await,
        "ScheduleKeyDeletion" => exchange.run::<schedule_key_deletion::ScheduleKeyDeletion>().await,
        "Sign" => exchange.run::<sign::Sign>().await,
        "TagResource" => exchange.run::<tag_resource::TagResource>().await,
        "UntagResource" => exchange.run::<untag_resource::UntagResource>().await,
        "UpdateAlias" => exchange.run::<update_alias::UpdateAlias>().await,
        "UpdateKeyDescription" => exchange.run::<update_key_description::UpdateKeyDescription>().await,
        "Verify" => exchange.run::<verify::Verify>().await,
        "VerifyMac" => exchange.run::<verify_mac::VerifyMac>().await,
        other if ABSENT.contains(&other) => {
            let text = format!("{other} is not supported by this server yet; see its compatibility table.");
            Err(exchange.refuse(WireError::unsupported(text)).await)
        }
        _ => Err(exchange.refuse(WireError::unknown_operation()).await),
    }
}
