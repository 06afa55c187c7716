//! The collections: what is said of each.

/// A collection of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collection {
    /// In its address.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// What its features are.
    pub description: &'static str,
    /// True when it is not shown while it has no features.
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
    description: "Pieces of co-operative practice, each at its own point or at that of its lead council. Those without a \
                  place, led by the network itself, are in the list of the API only.",
    is_optional: false,
};

/// Boundaries of councils, once they are imported. Counties that have none of their own, but those of their districts, are left
/// out.
pub const BOUNDARIES: Collection = Collection {
    id: "boundaries",
    title: "Boundaries of councils",
    description: "Areas of councils, simplified to some 70 metres. Whoever shows one says its attribution with it. As \
                  they were imported they are at /v1/councils/{council}/boundary.",
    is_optional: true,
};

/// Every collection.
pub const ALL: [Collection; 3] = [COUNCILS, INITIATIVES, BOUNDARIES];
