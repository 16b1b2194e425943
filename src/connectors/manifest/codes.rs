//! The codes of what a described system refuses, each with what it means, why, and what to do.
//!
//! Flows in: nothing. Flows out: constants for `post`, and their table.

use crate::model::codes::codes;

codes! {
    CONNECTOR = "What a described system refuses", "A system that is described in YAML says itself, under `errors`, what its answers mean; its own words are told with the code.";

    CONNECTOR_DUPLICATE = "connector.duplicate" {
        what: "Something of the same number, name or id is there already, and it does not carry our stamp."
        why: "A person or another program entered it, or our own has lost its stamp."
        fix: "See there what it is: where it is the same document, link it or cancel it there, then `crossfoot retry TENANT NUMBER`."
    }

    CONNECTOR_STATE = "connector.state" {
        what: "What the document is for is closed there, or not there any more."
        why: "It was deleted, paid or locked after it was read."
        fix: "See there what became of it, then `crossfoot retry TENANT NUMBER`."
    }

    CONNECTOR_LOCKED = "connector.locked" {
        what: "The period that the document is dated in is closed there."
        why: "The system takes nothing into a closed period."
        fix: "Open the period there, or give the document another day by a rule, then `crossfoot retry TENANT NUMBER`."
    }

    CONNECTOR_MAPPING = "connector.mapping" {
        what: "An account, a code or a way of paying that the document names is not known there."
        why: "It was removed or renamed there, or the tenant's file names another one."
        fix: "Name in the tenant's file one that it knows, then `crossfoot retry TENANT NUMBER`."
    }

    CONNECTOR_DATA = "connector.data" {
        what: "The system does not take the document as it is."
        why: "A value is too long, of the wrong form, or missing; its own words say which."
        fix: "Correct it in the source, or by a rule, then `crossfoot retry TENANT NUMBER`."
    }
}
