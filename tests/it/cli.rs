//! The command line, as people use it: the real binary, against fake vendors on loopback ports.

#[path = "cli/company.rs"]
mod company;
#[path = "cli/ownbooks.rs"]
mod ownbooks;
#[path = "cli/town.rs"]
mod town;

#[path = "cli/answers.rs"]
mod answers;
#[path = "cli/beside.rs"]
mod beside;
#[path = "cli/connections.rs"]
mod connections;
#[path = "cli/connectors.rs"]
mod connectors;
#[cfg(unix)]
#[path = "cli/cure.rs"]
mod cure;
#[path = "cli/demo.rs"]
mod demo;
#[cfg(unix)]
#[path = "cli/ending.rs"]
mod ending;
#[cfg(unix)]
#[path = "cli/epoch.rs"]
mod epoch;
#[path = "cli/first_steps.rs"]
mod first_steps;
#[path = "cli/first_sync.rs"]
mod first_sync;
#[path = "cli/house.rs"]
mod house;
#[path = "cli/json.rs"]
mod json;
#[path = "cli/persons_word.rs"]
mod persons_word;
#[path = "cli/questions.rs"]
mod questions;
#[path = "cli/running.rs"]
mod running;
#[path = "cli/safety.rs"]
mod safety;
#[cfg(unix)]
#[path = "scenes_doubt.rs"]
mod scenes_doubt;
#[path = "cli/screens.rs"]
mod screens;
