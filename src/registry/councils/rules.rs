//! Rules of councils that a schema cannot express: codes, days and stages that contradict each other.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::lifetime::{CouncilStatus, today};
use super::model::{Council, Nation, NewCouncil};
use crate::http::input::{Check, Faults};

impl Council {
    /// True if it is a council on this day, as far as its days are known.
    pub fn is_in_office(&self, day: NaiveDate) -> bool {
        self.established_on.is_none_or(|start| start <= day)
            && self.abolished_on.is_none_or(|end| day < end)
            && self.status != CouncilStatus::Proposed
    }
}

/// The first letter of the codes of a nation (ONS Register of Geographic Codes).
fn letter(nation: Nation) -> char {
    match nation {
        Nation::England => 'E',
        Nation::Wales => 'W',
        Nation::Scotland => 'S',
        Nation::NorthernIreland => 'N',
    }
}

impl Check for NewCouncil {
    /// Adds a fault for each code, day or stage that contradicts another.
    fn check(&self, faults: &mut Faults) {
        check_codes(self, faults);
        check_stage(self, faults);
    }
}

fn check_codes(council: &NewCouncil, faults: &mut Faults) {
    // If the region contradicts the nation, either may be wrong.
    let is_sure = !faults.know("/nation") && !faults.know("/region");
    let expected = letter(council.nation);
    let check_letter = |pointer: String, code: &str, faults: &mut Faults| {
        if is_sure && !code.is_empty() && !code.starts_with(expected) {
            let detail = format!("is not a code of this nation, whose codes begin with {expected}");
            faults.add(pointer, "wrong_nation", detail);
        }
    };
    if let Some(code) = &council.gss_code {
        check_letter("/gss_code".into(), code, faults);
    }
    let mut met = BTreeSet::new();
    for (index, code) in council.codes.iter().flatten().enumerate() {
        let at = |member| format!("/codes/{index}/{member}");
        check_letter(at("gss"), &code.gss, faults);
        if !met.insert(&code.gss) {
            faults.add(at("gss"), "repeated", "names the same code twice");
        }
        if code.from.zip(code.to).is_some_and(|(from, to)| to <= from) {
            faults.add(at("to"), "out_of_order", "is not after from");
        }
        let is_present = council.gss_code.as_ref() == Some(&code.gss);
        if is_present && code.to.is_some() && council.abolished_on.is_none() {
            let detail = "is not allowed: this is the present code. If another has taken its place, change gss_code";
            faults.add(at("to"), "not_allowed", detail);
        }
    }
}

fn check_stage(council: &NewCouncil, faults: &mut Faults) {
    let NewCouncil { established_on, abolished_on, .. } = council;
    if established_on.zip(*abolished_on).is_some_and(|(start, end)| end <= start) {
        faults.add("/abolished_on", "out_of_order", "is not after established_on");
    }
    match council.status {
        Some(CouncilStatus::Abolished) => match abolished_on {
            None => faults.add(
                "/abolished_on",
                "required",
                "is required for an abolished council: the first day on which it was no longer a council",
            ),
            Some(end) if *end > today() => {
                let detail = "is not true before abolished_on. Use living: the council ends by itself on that day";
                faults.add("/status", "not_allowed", detail);
            }
            Some(_) => {}
        },
        Some(CouncilStatus::Shadow) if established_on.is_none() => {
            faults.add("/established_on", "required", "is required for a shadow council: the day when it takes over");
        }
        // What says nothing of its stage is living.
        None | Some(CouncilStatus::Living) if established_on.is_some_and(|start| start > today()) => {
            let detail = "is not true before established_on. Use shadow: the council takes over by itself on that day";
            faults.add("/status", "not_allowed", detail);
        }
        _ => {}
    }
}
