//! Whole lists: what is in them, in which form, for whom, and how they end.

mod bounds;
mod codebook;
mod consistency;
mod formats;
mod negotiation;
mod outcomes;
mod records;
mod streams;
mod visibility;
mod workbooks;

use serde_json::Value;

use crate::support::{Answer, Client};

/// The head and the rows of a CSV.
pub struct Csv {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Csv {
    pub fn of(answer: &Answer) -> Self {
        let mut reader = csv::ReaderBuilder::new().from_reader(answer.text.as_bytes());
        let words = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let head = words(reader.headers().expect("a head"));
        // The reader refuses a row with more or fewer cells than the head.
        let rows = reader.records().map(|row| words(&row.expect("a row of RFC 4180"))).collect();
        Self { head, rows }
    }

    /// A column, cell by cell.
    pub fn column(&self, name: &str) -> Vec<&str> {
        let place = self.head.iter().position(|column| column == name);
        let place = place.unwrap_or_else(|| panic!("no column {name} among {:?}", self.head));
        self.rows.iter().map(|row| row[place].as_str()).collect()
    }
}

/// The records of newline-delimited JSON.
pub fn lines(answer: &Answer) -> Vec<Value> {
    answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// The records of a list, on all its pages.
pub async fn whole_list(client: &Client, path: &str) -> Vec<Value> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let mut page = client.get(&format!("{path}{mark}limit=200")).await.expect(200);
    let mut records = Vec::new();
    loop {
        records.extend(page.json["data"].as_array().expect("records").clone());
        let Some(next) = page.json["page"]["next"].as_str() else { return records };
        let path = &next[next.find("/v1/").expect("an address of ours")..];
        page = client.get(path).await.expect(200);
    }
}

/// Numbers as numbers: 53 and 53.0 are the same in JSON, and two things to a comparison of texts.
pub fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => serde_json::json!(number.as_f64()),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), plain(member))).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// A record of a list as exports have it.
pub fn exported(record: &Value) -> Value {
    let mut record = plain(record);
    record.as_object_mut().map(|members| members.shift_remove("html"));
    record
}
