//! The codebook: a Frictionless data package with a Table Schema for each CSV. Built from the columns and the OpenAPI
//! descriptions of their members.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::columns::{Column, Kind, Table};
use super::workbook::Explained;
use super::{tables, words};

/// A Frictionless data package (profile `tabular-data-package` of version 1).
#[derive(Serialize, ToSchema)]
pub struct DataPackage {
    /// `tabular-data-package`.
    #[schema(example = "tabular-data-package")]
    profile: &'static str,
    /// Name.
    #[schema(example = "ccin-registry")]
    name: &'static str,
    /// Title.
    title: &'static str,
    /// Contents of the package, and how to read them.
    description: &'static str,
    /// Version of the service.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// Terms for using the data.
    licenses: Vec<PackageLicence>,
    /// Sources of the data.
    sources: Vec<PackageSource>,
    /// The CSV files.
    resources: Vec<PackageResource>,
}

/// Terms for using data.
#[derive(Serialize, ToSchema)]
pub struct PackageLicence {
    /// SPDX identifier.
    #[schema(example = "OGL-UK-3.0")]
    name: &'static str,
    /// Title.
    title: &'static str,
    /// Address of the terms.
    #[schema(format = "uri")]
    path: &'static str,
}

/// A source of data.
#[derive(Serialize, ToSchema)]
pub struct PackageSource {
    /// Title.
    title: &'static str,
    /// Address of the source.
    #[schema(format = "uri")]
    path: &'static str,
}

/// A CSV file with its columns.
#[derive(Serialize, ToSchema)]
pub struct PackageResource {
    /// Name.
    #[schema(example = "initiatives")]
    name: &'static str,
    /// `tabular-data-resource`.
    #[schema(example = "tabular-data-resource")]
    profile: &'static str,
    /// Title.
    title: &'static str,
    /// Description of a row.
    description: &'static str,
    /// Address, relative to the package.
    #[schema(example = "initiatives.csv")]
    path: String,
    /// `csv`.
    #[schema(example = "csv")]
    format: &'static str,
    /// Media type.
    #[schema(example = "text/csv")]
    mediatype: &'static str,
    /// `utf-8`.
    #[schema(example = "utf-8")]
    encoding: &'static str,
    /// Columns, as a Table Schema.
    #[schema(value_type = Object)]
    schema: Value,
}

const DESCRIPTION: &str = "Councils, their memberships of the network, initiatives (case studies), their outcomes, the \
    themes of the registry and the organisations that its records name, as CSV. Cells that hold several values have them joined by semicolons, as the description of the column says. A text \
    that begins with =, +, -, @, a tab or a line end has an apostrophe in front, so that no spreadsheet takes it for a \
    formula. Dates may be partial: a year, a year and month, or a day. Everything that the columns leave out is in the \
    newline-delimited JSON at the same addresses (.ndjson). The same tables are there as Excel workbooks (.xlsx).";

const WORKBOOK: &str = "The sheet Columns explains each column and its words. Cells that hold several values have them \
    joined by semicolons. Dates may be partial: a year, a year and month, or a day; those are texts. Times are in UTC. \
    A text longer than Excel allows (32,767 characters) is cut off and says so. Everything that the columns leave out is \
    in the newline-delimited JSON at the same address (.ndjson).";

const LICENCE: PackageLicence = PackageLicence {
    name: "OGL-UK-3.0",
    title: "Open Government Licence v3.0, unless the column licence says otherwise",
    path: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
};

const SOURCE: PackageSource =
    PackageSource { title: "Co-operative Councils' Innovation Network", path: "https://www.councils.coop/" };

impl DataPackage {
    /// Builds the package. Takes descriptions of members from `document`, the OpenAPI document.
    pub fn new(document: &Value) -> Self {
        Self {
            profile: "tabular-data-package",
            name: "ccin-registry",
            title: "CCIN registry: what UK co-operative councils do",
            description: DESCRIPTION,
            version: env!("CARGO_PKG_VERSION"),
            licenses: vec![LICENCE],
            sources: vec![SOURCE],
            resources: vec![
                resource(document, &tables::initiatives()),
                resource(document, &tables::outcomes()),
                resource(document, &tables::councils()),
                resource(document, &tables::themes()),
                resource(document, &tables::memberships()),
                resource(document, &tables::council_changes()),
                resource(document, &tables::organisations()),
            ],
        }
    }
}

fn resource<R>(document: &Value, table: &Table<R>) -> PackageResource {
    let links = table.links.iter().map(
        |(column, resource, there)| json!({ "fields": column, "reference": { "resource": resource, "fields": there } }),
    );
    let mut schema = json!({
        "fields": table.picked(None).map(|column| field(document, column)).collect::<Vec<_>>(),
        "missingValues": [""],
        "primaryKey": table.key,
    });
    if !table.links.is_empty() {
        schema["foreignKeys"] = links.collect();
    }
    PackageResource {
        name: table.name,
        profile: "tabular-data-resource",
        title: table.title,
        description: table.about,
        path: format!("{}.csv", table.name),
        format: "csv",
        mediatype: "text/csv",
        encoding: "utf-8",
        schema,
    }
}

/// The schema of a column's member.
fn member<'a, R>(document: &'a Value, column: &Column<R>) -> &'a Value {
    let (record, member) = column.schema_member.split_once('/').unwrap_or_default();
    &document["components"]["schemas"][record]["properties"][member]
}

/// A column, with the description and rules of its member.
fn field<R>(document: &Value, column: &Column<R>) -> Value {
    let schema = member(document, column);
    let rules = followed(document, schema);
    let meaning = schema["description"].as_str().or_else(|| choice(schema)["description"].as_str());
    let meaning = meaning.or_else(|| rules["description"].as_str()).unwrap_or_default();
    let described =
        [meaning, column.note].iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(" ");
    let mut constraints = Map::new();
    if column.is_required {
        constraints.insert("required".into(), true.into());
    }
    if column.is_unique {
        constraints.insert("unique".into(), true.into());
    }
    let names: &[&str] = match column.kind {
        Kind::Word if !column.is_several => &["enum", "pattern"],
        Kind::Whole | Kind::Decimal => &["minimum", "maximum"],
        _ => &[],
    };
    for name in names {
        if !rules[*name].is_null() {
            constraints.insert((*name).into(), bare(&rules[*name]));
        }
    }
    let mut field = json!({ "name": column.name, "type": kind(column.kind), "description": described });
    if !column.is_several
        && let Some(words) = meanings(document, column)
    {
        // Of version 2 of Table Schema; readers of version 1 leave it alone.
        field["categories"] = words.iter().map(|(word, label)| json!({ "value": word, "label": label })).collect();
    }
    if column.kind == Kind::Word && rules["format"] == "uuid" {
        field["format"] = "uuid".into();
    }
    if !constraints.is_empty() {
        field["constraints"] = constraints.into();
    }
    field
}

/// The words of a column, each with its meaning.
fn meanings<R>(document: &Value, column: &Column<R>) -> Option<Vec<(String, String)>> {
    let schema = choice(member(document, column));
    words::meanings(schema["$ref"].as_str()?.rsplit('/').next()?)
}

/// A column as the second sheet of a workbook explains it.
pub fn explained<R>(document: &Value, column: &Column<R>) -> Explained {
    let meaning = field(document, column)["description"].as_str().unwrap_or_default().to_owned();
    let words = meanings(document, column).unwrap_or_default();
    Explained { name: column.name, kind: column.kind, meaning, words }
}

/// The sheet of a workbook about the file.
pub fn about<R>(table: &Table<R>) -> Vec<(&'static str, String)> {
    vec![
        ("Title", format!("CCIN registry: {}", table.title.to_lowercase())),
        ("Rows", table.about.to_owned()),
        ("Cells", WORKBOOK.to_owned()),
        ("Licence", format!("{}: {}", LICENCE.title, LICENCE.path)),
        ("Source", format!("{}: {}", SOURCE.title, SOURCE.path)),
    ]
}

/// A rule as Table Schema needs it: an empty cell is not a value of an enumeration.
fn bare(rule: &Value) -> Value {
    match rule {
        Value::Array(words) => words.iter().filter(|word| !word.is_null()).cloned().collect(),
        other => other.clone(),
    }
}

/// The schema, or the non-null choice of a nullable one.
fn choice(schema: &Value) -> &Value {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    choices.into_iter().find(|choice| choice["type"] != "null").unwrap_or(schema)
}

fn followed<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = choice(schema);
    match schema["$ref"].as_str() {
        Some(target) => document.pointer(target.trim_start_matches('#')).unwrap_or(schema),
        None => schema,
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Word => "string",
        Kind::Whole => "integer",
        Kind::Decimal => "number",
        Kind::Date => "date",
        Kind::Time => "datetime",
    }
}
