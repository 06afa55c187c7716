//! The README of a release, for people who find the file on its own.

use chrono::{DateTime, Utc};

use crate::formats::citation::release::line;
use crate::registry::initiatives::model::Licence;

/// The text, with the line ends that every editor shows.
pub fn readme(name: &str, made_at: DateTime<Utc>, address: Option<&str>) -> String {
    let licence = Licence::OglUk3;
    let where_from = address.map_or_else(String::new, |base| {
        format!("It is published at {base}/v1/releases/{name}, with the SHA-256 of this file.\n")
    });
    let citation = line(name, made_at, address);
    let at = made_at.format("%-d %B %Y at %H:%M UTC");
    let (title, terms) = (licence.title(), licence.url());
    format!(
        "CCIN registry, release {name}\n\
         \n\
         What UK co-operative councils do: the public records of the registry on {at}.\n\
         This file never changes. Later corrections are in later releases.\n\
         {where_from}\
         \n\
         How to cite it\n\
         \n\
         {citation}\n\
         \n\
         Files\n\
         \n\
         initiatives      case studies, policy labs, prototypes, commissions and ideas\n\
         outcomes         their claims, one row for each, with evidence and source\n\
         councils         councils, present and past\n\
         council-changes  mergers, splits and other changes of councils\n\
         memberships      members of the network, present and past\n\
         organisations    organisations that records name\n\
         themes           themes of the initiatives\n\
         \n\
         Each is there as CSV, with the columns that datapackage.json explains, and as JSON lines (.ndjson), with\n\
         everything that the registry publishes of a record. Records refer to each other by slug and id.\n\
         \n\
         Meaning\n\
         \n\
         A figure is a claim of its source, with a bound, a date and an evidence level. Do not add up claims of\n\
         different kinds. A delivery status was true on the day of status_as_at. What is empty is not known.\n\
         \n\
         Licence\n\
         \n\
         {title} ({terms}),\n\
         unless licence of a record says otherwise. Names, codes, points and populations of councils come from\n\
         mySociety's UK local authority names and codes (CC BY 4.0), which builds on data of the Office for National\n\
         Statistics and GOV.UK (Open Government Licence v3.0).\n"
    )
    .replace('\n', "\r\n")
}
