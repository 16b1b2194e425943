//! What must be done before a tenant can run, as a value; its sentence is what people and programs are told.

use super::said::{TIME, said};
use crate::connectors::ORGANISATION;
use crate::connectors::auth::{TokenStore as _, Who};
use crate::mapping::End;
use crate::model::{ConnectionName, TenantId, codes};
use crate::pipeline::post::trial_command;
use crate::service::denied;
use crate::service::engine::Engine;
use chrono::{DateTime, Utc};
use std::fmt;

/// What must be done before a tenant can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Required {
    /// Its files have mistakes.
    Correct {
        /// Whose.
        tenant: TenantId,
        /// How many.
        mistakes: u64,
        /// Since when a worker goes on with the version before them, if one does.
        since: Option<DateTime<Utc>>,
    },
    /// A folder that is read is not there.
    Folder {
        /// Which.
        folder: String,
        /// What is read from it.
        connection: ConnectionName,
    },
    /// A connection must be made.
    Connect {
        /// Whose.
        tenant: TenantId,
        /// At which system.
        system: String,
        /// Which.
        connection: ConnectionName,
        /// Why.
        why: Unconnected,
    },
    /// The description of a system that is written to must be tried as it stands.
    Try {
        /// What system.
        system: String,
        /// By which command.
        command: String,
    },
    /// Something else, told as it was met: a file or a connection's entry.
    Other(String),
}

/// Why a connection cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unconnected {
    /// It was never made.
    Never,
    /// What is kept of it cannot be read.
    Unreadable(String),
    /// Its sign-in ended.
    Ended(String),
    /// It is for several accounts, and none was chosen.
    NotChosen,
    /// The vendor refused a run through it: it lacks a permission.
    Denied(String),
}

impl fmt::Display for Required {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Correct {
                tenant,
                mistakes,
                since,
            } => {
                let word = if *mistakes == 1 {
                    "mistake"
                } else {
                    "mistakes"
                };
                write!(
                    f,
                    "correct the configuration: `crossfoot lint {tenant}` tells {mistakes} {word}"
                )?;
                match since {
                    Some(since) => write!(
                        f,
                        "; since {} `crossfoot run` goes on with the version before, as long as it is not ended",
                        since.format(TIME)
                    ),
                    None => Ok(()),
                }
            }
            Self::Folder { folder, connection } => {
                write!(
                    f,
                    "make the folder {folder}, from which {connection} is read"
                )
            }
            Self::Connect {
                tenant,
                system,
                connection,
                why,
            } => {
                let connect = format!("`crossfoot connect {tenant} {system}`");
                match why {
                    Unconnected::Never => write!(f, "{connect} makes the connection {connection}"),
                    Unconnected::Unreadable(why) => {
                        write!(
                            f,
                            "{connection} cannot be read: {why}; {connect} makes it anew"
                        )
                    }
                    Unconnected::Ended(why) | Unconnected::Denied(why) => {
                        write!(f, "{connect} again: {why}")
                    }
                    Unconnected::NotChosen => write!(f, "{connect} and choose the organisation"),
                }
            }
            Self::Try { system, command } => {
                write!(
                    f,
                    "try the description of {system} before anything is written there ({}): `{command}`",
                    codes::CONNECTOR_UNTRIED
                )
            }
            Self::Other(what) => f.write_str(what),
        }
    }
}

said!(Required);

/// Whether what is written to must be tried first.
pub async fn untried(engine: &Engine, tenant: &TenantId, end: &End) -> Option<Required> {
    match engine.tried(&end.system).await {
        Ok(Some(_)) => None,
        Ok(None) => {
            let target = engine.systems().target(&end.system)?;
            Some(Required::Try {
                system: end.system.to_string(),
                command: trial_command(tenant.as_str(), target.facts),
            })
        }
        Err(e) => Some(Required::Other(e.to_string())),
    }
}

/// What is to be done before a connection can be used, if anything.
pub async fn missing(engine: &Engine, tenant: &TenantId, end: &End) -> Option<Required> {
    let (system, name) = (end.system.as_ref(), &end.connection);
    let settings = match engine.settings(name) {
        Ok(settings) => settings,
        Err(e) => return Some(Required::Other(e.to_string())),
    };
    let signs_in = engine.systems().signs_in(system);
    if !signs_in.is_needed() {
        let folder = settings.values.get("folder")?;
        let there = std::path::Path::new(folder).is_dir();
        return (!there).then(|| Required::Folder {
            folder: folder.clone(),
            connection: name.clone(),
        });
    }
    let who = Who {
        tenant: tenant.clone(),
        connection: name.clone(),
    };
    let why = match engine.tokens().load(&who).await {
        Err(why) => Unconnected::Unreadable(why),
        Ok(None) => Unconnected::Never,
        Ok(Some(row)) => match row.reconnect {
            Some(why) => Unconnected::Ended(why),
            None if signs_in.several && settings.get(ORGANISATION, "").is_empty() => {
                Unconnected::NotChosen
            }
            None => match denied::by(engine.store(), tenant, system).await {
                Ok(None) => return None,
                Ok(Some(why)) => Unconnected::Denied(why),
                Err(e) => return Some(Required::Other(e.to_string())),
            },
        },
    };
    Some(Required::Connect {
        tenant: tenant.clone(),
        system: system.to_owned(),
        connection: name.clone(),
        why,
    })
}
