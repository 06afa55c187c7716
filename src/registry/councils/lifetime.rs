//! The life of a council: its stage, the days on which it begins and ends, and its GSS codes over time.

use chrono::{NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

/// Stage of a council. `proposed`: not decided. `shadow`: decided, and preparing for the day when it takes over.
/// `living`: in office. `abolished`: no longer a council; its records stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum CouncilStatus {
    /// Not decided.
    Proposed,
    /// Decided, and preparing for the day when it takes over.
    Shadow,
    /// In office.
    #[default]
    Living,
    /// No longer a council.
    Abolished,
}

/// A GSS code of a council's area, with its days as far as known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AreaCode {
    /// ONS (GSS) code.
    #[schema(required, pattern = "^[EWSN][0-9]{8}$", min_length = 9, max_length = 9, example = "S12000046")]
    pub gss: String,
    /// First day of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// First day on which it is no longer the code. Left out for the present code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2019-04-01")]
    pub to: Option<NaiveDate>,
}

/// Today, on which stages and lists depend (UTC).
pub fn today() -> NaiveDate {
    Utc::now().date_naive()
}

impl CouncilStatus {
    /// The stage on a day: a shadow council comes to life on its first day, and every council ends on its last.
    pub fn on(self, day: NaiveDate, established_on: Option<NaiveDate>, abolished_on: Option<NaiveDate>) -> Self {
        match self {
            _ if abolished_on.is_some_and(|end| end <= day) => Self::Abolished,
            Self::Shadow if established_on.is_some_and(|start| start <= day) => Self::Living,
            same => same,
        }
    }
}

/// Every code of a council, the earliest first and the present one last. The present code has its place even when
/// nothing is known of its days.
pub fn all_codes(codes: &[AreaCode], present: Option<&str>) -> Vec<AreaCode> {
    let mut all = codes.to_vec();
    if let Some(present) = present
        && !all.iter().any(|code| code.gss == present)
    {
        all.push(AreaCode { gss: present.to_owned(), ..AreaCode::default() });
    }
    // Codes without a day keep their order, after those with one.
    let place = |code: &AreaCode| code.to.or(code.from);
    all.sort_by_key(|code| (present == Some(&*code.gss), place(code).is_none(), place(code)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_council_comes_to_life_and_ends_on_its_days() {
        use CouncilStatus::{Abolished, Living, Proposed, Shadow};
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let vesting = Some(day("2027-04-01"));
        assert_eq!(Shadow.on(day("2027-03-31"), vesting, None), Shadow);
        assert_eq!(Shadow.on(day("2027-04-01"), vesting, None), Living);
        // A proposal is not decided by the day that it names.
        assert_eq!(Proposed.on(day("2027-04-01"), vesting, None), Proposed);
        assert_eq!(Living.on(day("2027-03-31"), None, vesting), Living);
        assert_eq!(Living.on(day("2027-04-01"), None, vesting), Abolished);
    }

    #[test]
    fn the_present_code_comes_last_and_once() {
        let code = |gss: &str, to: Option<&str>| AreaCode {
            gss: gss.into(),
            to: to.map(|to| to.parse().expect("a date")),
            ..AreaCode::default()
        };
        let former = [code("S12000046", Some("2019-04-01")), code("S12000043", Some("2012-05-01"))];
        let names = |codes: Vec<AreaCode>| codes.into_iter().map(|code| code.gss).collect::<Vec<_>>();
        assert_eq!(names(all_codes(&former, Some("S12000049"))), ["S12000043", "S12000046", "S12000049"]);
        assert_eq!(names(all_codes(&former, Some("S12000043"))), ["S12000046", "S12000043"]);
        assert_eq!(names(all_codes(&[], None)), [""; 0]);
    }
}
