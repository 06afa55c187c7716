//! Enum values in text columns, such as `metropolitan_district`.
//!
//! The Rust enum's serde names are the stored words, and the column's CHECK lists the same words. One wrapper serves
//! every enum, so a new vocabulary needs no code here.

use std::io::Write;

use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::Text;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde_json::Value;

/// A value of the enum `T` in a text column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Word<T: std::fmt::Debug + Serialize + DeserializeOwned + 'static>(pub T);

impl<T: std::fmt::Debug + Serialize + DeserializeOwned + 'static> FromSql<Text, Pg> for Word<T> {
    fn from_sql(value: PgValue<'_>) -> diesel::deserialize::Result<Self> {
        let word = std::str::from_utf8(value.as_bytes())?;
        Ok(Self(T::deserialize(StrDeserializer::<WordError>::new(word))?))
    }
}

impl<T: std::fmt::Debug + Serialize + DeserializeOwned + 'static> ToSql<Text, Pg> for Word<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        out.write_all(text(&self.0).as_bytes())?;
        Ok(IsNull::No)
    }
}

/// The stored word for a value.
pub fn text<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        // Only enums without data are stored like this. The column's CHECK refuses the empty word.
        _ => String::new(),
    }
}

/// The stored words for the values of a filter, if it is set.
pub fn picked<T: Serialize>(values: Option<&[T]>) -> Option<Vec<String>> {
    values.map(|values| values.iter().map(text).collect())
}

impl<T: std::fmt::Debug + Serialize + DeserializeOwned + 'static> Serialize for Word<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
