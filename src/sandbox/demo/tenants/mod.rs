//! The sample tenants' shops, one a file. Each shows one thing, and carries some of the hard cases.

mod banksia;
mod blue_gum;
mod cedar_press;
mod harbour_lane;
mod lorikeet;
mod quayside;
mod redwood;
mod sakura;
mod southern_lifts;
mod thames;
mod tidewater;
mod wattle;

use super::shop::Shop;
use chrono::NaiveDate;

/// A shop that is read from files instead of an application.
pub const FROM_FILES: &str = quayside::TENANT;

/// A shop whose source a description knows.
pub const FROM_KICKSERV: &str = wattle::TENANT;

/// All shops, unfinished orders included; `more` ordinary orders go to the plain one.
pub fn all(seed: u64, more: usize, today: NaiveDate) -> Vec<Shop> {
    let mut shops = vec![
        harbour_lane::shop(seed, more, today),
        blue_gum::shop(seed, today),
        southern_lifts::shop(seed, today),
        thames::shop(seed, today),
        cedar_press::shop(seed, today),
        sakura::shop(seed, today),
        tidewater::shop(seed, today),
        quayside::shop(seed, today),
        wattle::shop(seed, today),
        redwood::shop(seed, today),
        lorikeet::shop(seed, today),
        banksia::shop(seed, today),
    ];
    for shop in &mut shops {
        shop.number();
    }
    shops
}
