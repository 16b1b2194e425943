//! How a call ends: its exit code.

use crate::service::{Grade, NotDone};
use std::process::ExitCode;

/// The exit codes, the same for every verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well.
    Fine,
    /// Something was held, refused or disagrees.
    Attention,
    /// The call or the configuration is wrong.
    Wrong,
    /// A system could not be reached.
    Unreachable,
    /// A fault in Crossfoot.
    Fault,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Fine => 0,
            Exit::Attention => 1,
            Exit::Wrong => 2,
            Exit::Unreachable => 3,
            Exit::Fault => 70,
        }
    }

    /// Attention where something waits for a person.
    pub fn unless(stuck: bool) -> Self {
        if stuck { Exit::Attention } else { Exit::Fine }
    }
}

impl From<&NotDone> for Exit {
    fn from(why: &NotDone) -> Self {
        match why.grade {
            Grade::Attention => Exit::Attention,
            Grade::Wrong => Exit::Wrong,
            Grade::Unreachable => Exit::Unreachable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
