//! The operations, one file each, and the one match that leads to them.

mod cancel_key_deletion;
mod create_alias;
mod create_key;
mod decrypt;
mod describe_key;
mod disable_key;
mod disable_key_rotation;
mod enable_key;
mod enable_key_rotation;
mod encrypt;
mod generate_data_key;
mod generate_data_key_without_plaintext;
mod get_key_policy;
mod get_key_rotation_status;
mod list_aliases;
mod list_key_rotations;
mod list_keys;
mod members;
mod put_key_policy;
mod rotate_key_on_demand;
mod schedule_key_deletion;
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
        "DescribeKey" => exchange.run::<describe_key::DescribeKey>().await,
        "DisableKey" => exchange.run::<disable_key::DisableKey>().await,
        "DisableKeyRotation" => exchange.run::<disable_key_rotation::DisableKeyRotation>().await,
        "EnableKey" => exchange.run::<enable_key::EnableKey>().await,
        "EnableKeyRotation" => exchange.run::<enable_key_rotation::EnableKeyRotation>().await,
        "Encrypt" => exchange.run::<encrypt::Encrypt>().await,
        "GenerateDataKey" => exchange.run::<generate_data_key::GenerateDataKey>().await,
        "GenerateDataKeyWithoutPlaintext" => {
            exchange.run::<generate_data_key_without_plaintext::GenerateDataKeyWithoutPlaintext>().await
        }
        "GetKeyPolicy" => exchange.run::<get_key_policy::GetKeyPolicy>().await,
        "GetKeyRotationStatus" => exchange.run::<get_key_rotation_status::GetKeyRotationStatus>().await,
        "ListAliases" => exchange.run::<list_aliases::ListAliases>().await,
        "ListKeyRotations" => exchange.run::<list_key_rotations::ListKeyRotations>().await,
        "ListKeys" => exchange.run::<list_keys::ListKeys>().await,
        "PutKeyPolicy" => exchange.run::<put_key_policy::PutKeyPolicy>().await,
        "RotateKeyOnDemand" => exchange.run::<rotate_key_on_demand::RotateKeyOnDemand>().await,
        "ScheduleKeyDeletion" => exchange.run::<schedule_key_deletion::ScheduleKeyDeletion>().await,
        "UpdateKeyDescription" => exchange.run::<update_key_description::UpdateKeyDescription>().await,
        other if ABSENT.contains(&other) => {
            let text = format!("{other} is not supported by this server yet; see its compatibility table.");
            Err(exchange.refuse(WireError::unsupported(text)).await)
        }
        _ => Err(exchange.refuse(WireError::unknown_operation()).await),
    }
}
