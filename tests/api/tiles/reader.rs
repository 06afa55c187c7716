//! Reads vector tiles (Mapbox Vector Tile 2.1, section 4) as far as points and polygons need it: by hand, as the service's
//! library only writes them.

use std::collections::BTreeMap;

/// A point or polygon of a tile: where it is, in units of the tile, and its tags as text.
#[derive(Debug)]
pub struct Feature {
    pub at: (i64, i64),
    /// Rings of a polygon, whose last position is not the first again.
    pub rings: Vec<Vec<(i64, i64)>>,
    pub tags: BTreeMap<String, String>,
}

/// Name, extent and features of each layer.
pub fn layers(tile: &[u8]) -> Vec<(String, u64, Vec<Feature>)> {
    fields(tile).into_iter().map(|(field, value)| (assert_eq!(field, 3), layer(value.bytes())).1).collect()
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    fn bytes(&self) -> &'a [u8] {
        let Self::Bytes(bytes) = self else { panic!("a number where bytes should be") };
        bytes
    }

    fn number(&self) -> u64 {
        let Self::Number(number) = self else { panic!("bytes where a number should be") };
        *number
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = bytes.split_first().expect("a whole number");
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return value;
        }
    }
}

/// The fields of a message of protocol buffers: varints and what has a length.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Value<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = varint(&mut bytes);
        match key & 7 {
            0 => fields.push((key >> 3, Value::Number(value))),
            2 => {
                let (inside, rest) = bytes.split_at(value as usize);
                bytes = rest;
                fields.push((key >> 3, Value::Bytes(inside)));
            }
            other => panic!("wire type {other}"),
        }
    }
    fields
}

fn packed(mut bytes: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        numbers.push(varint(&mut bytes));
    }
    numbers
}

fn layer(bytes: &[u8]) -> (String, u64, Vec<Feature>) {
    let (mut name, mut extent, mut version) = (String::new(), 0, 0);
    let (mut keys, mut values, mut features) = (Vec::new(), Vec::new(), Vec::new());
    for (field, value) in fields(bytes) {
        match field {
            1 => name = value.text(),
            2 => features.push(value.bytes()),
            3 => keys.push(value.text()),
            4 => values.push(match &fields(value.bytes())[..] {
                [(1, text)] => text.text(),
                [(5, number)] => number.number().to_string(),
                [(7, yes)] => (yes.number() == 1).to_string(),
                _ => panic!("another kind of value"),
            }),
            5 => extent = value.number(),
            15 => version = value.number(),
            _ => panic!("field {field} of a layer"),
        }
    }
    assert_eq!(version, 2);
    let features = features.into_iter().map(|bytes| feature(bytes, &keys, &values)).collect();
    (name, extent, features)
}

fn feature(bytes: &[u8], keys: &[String], values: &[String]) -> Feature {
    let (mut rings, mut tags) = (Vec::new(), BTreeMap::new());
    for (field, value) in fields(bytes) {
        match field {
            2 => {
                for pair in packed(value.bytes()).chunks(2) {
                    tags.insert(keys[pair[0] as usize].clone(), values[pair[1] as usize].clone());
                }
            }
            3 => assert!([1, 3].contains(&value.number()), "a point or a polygon"),
            4 => rings = geometry(&packed(value.bytes())),
            _ => panic!("field {field} of a feature"),
        }
    }
    Feature { at: rings[0][0], rings, tags }
}

/// Commands and their parameters (section 4.3): a ring for each command to move.
fn geometry(numbers: &[u64]) -> Vec<Vec<(i64, i64)>> {
    let (mut rings, mut at, mut rest) = (Vec::new(), (0, 0), numbers.iter());
    let signed = |number: &u64| (number >> 1) as i64 ^ -((number & 1) as i64);
    while let Some(command) = rest.next() {
        match (command & 7, command >> 3) {
            (7, 1) => {}
            (one @ (1 | 2), times) => {
                for _ in 0..times {
                    if one == 1 {
                        rings.push(Vec::new());
                    }
                    at = (at.0 + signed(rest.next().unwrap()), at.1 + signed(rest.next().unwrap()));
                    rings.last_mut().unwrap().push(at);
                }
            }
            other => panic!("command {other:?}"),
        }
    }
    rings
}
