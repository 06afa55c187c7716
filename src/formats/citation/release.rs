//! Citations of a release of the whole registry: a data set with a date, a name and a checksum.

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Value, json};

use super::bibtex::{address, escaped};
use super::ris;
use super::work::{LANGUAGE, NETWORK_NAME, REGISTRY};
use crate::registry::initiatives::model::Licence;
use crate::registry::releases::store::ReleaseRow;

/// A release to cite.
#[derive(Clone, Copy)]
pub struct CitedRelease<'a> {
    /// The release.
    pub row: &'a ReleaseRow,
    /// Address of the registry, without a path.
    pub base: &'a str,
}

fn title(name: &str) -> String {
    format!("{REGISTRY}, release {name}")
}

/// A citation as one line of text, with the address if it is known.
pub fn line(name: &str, made_at: DateTime<Utc>, base: Option<&str>) -> String {
    let address = base.map_or_else(String::new, |base| format!(" {base}/v1/releases/{name}"));
    format!("{NETWORK_NAME} ({}): {}. Data set.{address}", made_at.year(), title(name))
}

impl CitedRelease<'_> {
    fn url(&self) -> String {
        format!("{}/v1/releases/{}", self.base, self.row.name)
    }

    fn note(&self) -> String {
        let licence = Licence::OglUk3;
        format!("SHA-256: {}. Licence: {}, {}", self.row.sha256, licence.title(), licence.url())
    }

    /// As one line of text.
    pub fn text(&self) -> String {
        line(&self.row.name, self.row.made_at, Some(self.base))
    }

    /// As CSL-JSON.
    pub fn csl(&self) -> Value {
        let made = self.row.made_at.date_naive();
        json!([{
            "id": self.url(),
            "type": "dataset",
            "title": title(&self.row.name),
            "author": [{ "literal": NETWORK_NAME }],
            "publisher": NETWORK_NAME,
            "version": self.row.name,
            "issued": { "date-parts": [[made.year(), made.month(), made.day()]] },
            "language": LANGUAGE,
            "URL": self.url(),
            "note": self.note(),
        }])
    }

    /// As BibTeX.
    pub fn bibtex(&self) -> String {
        let made = self.row.made_at.date_naive();
        let fields = [
            ("author", format!("{{{}}}", escaped(NETWORK_NAME))),
            ("title", format!("{{{}}}", escaped(&title(&self.row.name)))),
            ("publisher", escaped(NETWORK_NAME)),
            ("type", "Data set".to_owned()),
            ("version", escaped(&self.row.name)),
            ("year", made.year().to_string()),
            ("url", address(&self.url())),
            ("note", escaped(&self.note())),
            ("langid", "british".to_owned()),
        ];
        let fields: String = fields.iter().map(|(name, value)| format!("  {name} = {{{value}}},\n")).collect();
        format!("@misc{{ccin-release-{},\n{fields}}}\n", self.row.name.to_lowercase())
    }

    /// As RIS.
    pub fn ris(&self) -> String {
        let made = self.row.made_at.date_naive();
        ris::reference([
            ("TY", "DATA".to_owned()),
            ("ID", format!("ccin-release-{}", self.row.name)),
            ("TI", title(&self.row.name)),
            ("AU", NETWORK_NAME.to_owned()),
            ("PB", NETWORK_NAME.to_owned()),
            ("PY", made.year().to_string()),
            ("DA", made.format("%Y/%m/%d/").to_string()),
            ("ET", self.row.name.clone()),
            ("LA", LANGUAGE.to_owned()),
            ("UR", self.url()),
            ("N1", self.note()),
        ])
    }

    /// As DataCite JSON. Like records, releases have no DOI.
    pub fn datacite(&self) -> Value {
        let licence = Licence::OglUk3;
        json!({
            "schemaVersion": "http://datacite.org/schema/kernel-4",
            "identifiers": [{ "identifier": self.url(), "identifierType": "URL" }],
            "types": { "resourceTypeGeneral": "Dataset", "resourceType": "Release of a registry" },
            "creators": [{ "name": NETWORK_NAME, "nameType": "Organizational" }],
            "titles": [{ "title": title(&self.row.name), "lang": LANGUAGE }],
            "publisher": NETWORK_NAME,
            "publicationYear": self.row.made_at.year().to_string(),
            "dates": [{ "date": self.row.made_at.date_naive(), "dateType": "Issued" }],
            "language": LANGUAGE,
            "version": self.row.name,
            "sizes": [format!("{} bytes", self.row.bytes)],
            "formats": ["application/zip"],
            "rightsList": [{
                "rights": licence.title(), "rightsUri": licence.url(), "rightsIdentifier": "OGL-UK-3.0",
                "rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/",
            }],
            "descriptions": [{ "description": self.note(), "descriptionType": "TechnicalInfo", "lang": LANGUAGE }],
        })
    }
}
