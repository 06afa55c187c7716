//! Descriptions of the collections.

/// A collection of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Identifier in its address.
    pub id: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// Description of its features.
    pub description: &'static str,
    /// True to hide the collection while it has no features.
    pub is_optional: bool,
}

/// Councils.
pub const COUNCILS: Collection = Collection {
    id: "councils",
    title: "Councils",
    description: "Local authorities of the United Kingdom and their membership of the network, each by a point within its area.",
    is_optional: false,
};

/// Initiatives.
pub const INITIATIVES: Collection = Collection {
    id: "initiatives",
    title: "Initiatives",
    description: "Pieces of co-operative practice, each at its own point or at that of its council. Those without a place, \
                  which no council leads, are in the list of the API only.",
    is_optional: false,
};

/// Boundaries of councils, if any are imported. Leaves out counties that have only the boundaries of their districts.
pub const BOUNDARIES: Collection = Collection {
    id: "boundaries",
    title: "Boundaries of councils",
    description: "Areas of councils, simplified to about 70 metres. If you show one, show its attribution too. The full \
                  boundaries, as imported, are at /v1/councils/{council}/boundary.",
    is_optional: true,
};

/// Every collection.
pub const ALL: [Collection; 3] = [COUNCILS, INITIATIVES, BOUNDARIES];
