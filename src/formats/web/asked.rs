//! The filters, search words and order in the address of the list, as the page's own script reads them
//! (`web/src/state/filters.ts`). They have the names and values of the API's parameters.

/// Filters that accept several values and match any of them.
const SEVERAL: [&str; 10] = [
    "theme",
    "principle",
    "council",
    "participant",
    "organisation",
    "region",
    "nation",
    "kind",
    "delivery_status",
    "freshness",
];
/// Filters that accept one value.
const SINGLE: [&str; 7] = ["year_from", "year_to", "min_evidence", "has_outcomes", "bbox", "near", "radius_km"];
/// Search words and order, which are no filters.
const OTHERS: [&str; 2] = ["q", "sort"];
/// Number of initiatives that are shown at first, and at most.
const SHOWN: [usize; 2] = [20, 500];

/// What the address of the list asks for. Other parameters, such as those of newsletters, are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    said: Vec<(String, String)>,
    /// Number of initiatives to show.
    pub shown: usize,
}

fn place(name: &str) -> Option<usize> {
    SEVERAL.iter().chain(&SINGLE).chain(&OTHERS).position(|known| *known == name)
}

impl Asked {
    /// The parameters of a query string.
    pub fn of(query: &str) -> Self {
        let all: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let shown = all.iter().find(|(name, _)| name == "shown").and_then(|(_, value)| value.parse().ok());
        let mut said: Vec<(String, String)> = Vec::new();
        for (name, value) in all {
            let is_again = !SEVERAL.contains(&name.as_str()) && said.iter().any(|(known, _)| *known == name);
            if place(&name).is_some() && !value.trim().is_empty() && !is_again {
                said.push((name, value));
            }
        }
        said.sort_by_key(|(name, _)| place(name));
        Self { said, shown: shown.unwrap_or(SHOWN[0]).clamp(SHOWN[0], SHOWN[1]) }
    }

    /// The value of a parameter; empty without one.
    pub fn get(&self, name: &str) -> &str {
        self.said.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All values of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.said.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// True if a parameter has this value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|held| held == value)
    }

    /// The filters without search words and order.
    pub fn active(&self) -> impl Iterator<Item = (&str, &str)> {
        let filters = self.said.iter().filter(|(name, _)| !OTHERS.contains(&name.as_str()));
        filters.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Without a value, and without what depends on it.
    pub fn without(&self, name: &str, value: &str) -> Self {
        let around = name == "near";
        let goes = |one: &str, held: &str| {
            (one == name && held == value) || (around && (one == "radius_km" || (one == "sort" && held == "distance")))
        };
        let said = self.said.iter().filter(|(one, held)| !goes(one, held)).cloned().collect();
        Self { said, shown: SHOWN[0] }
    }

    /// Search words and order alone.
    pub fn cleared(&self) -> Self {
        let is_kept = |(name, value): &&(String, String)| OTHERS.contains(&name.as_str()) && value != "distance";
        Self { said: self.said.iter().filter(is_kept).cloned().collect(), shown: SHOWN[0] }
    }

    /// The query string.
    pub fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.said).finish()
    }

    /// The query string without the order, for answers that have none.
    pub fn narrowing(&self) -> String {
        let filters = self.said.iter().filter(|(name, _)| name != "sort");
        form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).finish()
    }

    /// The address of the list.
    pub fn address(&self) -> String {
        at("/", &self.query())
    }

    /// The address that shows more of the list; `None` when no more can be shown.
    pub fn more(&self) -> Option<String> {
        let shown = (self.shown + SHOWN[0]).min(SHOWN[1]);
        let query = self.query();
        let and = if query.is_empty() { "" } else { "&" };
        (shown > self.shown).then(|| format!("/?{query}{and}shown={shown}"))
    }
}

/// An address with a query.
pub fn at(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_others_and_empty_ones_are_left_out() {
        let asked = Asked::of("utm_source=letter&theme=&view=map&nation=wales&theme=housing&theme=health&q=a&q=b");
        assert_eq!(asked.query(), "theme=housing&theme=health&nation=wales&q=a");
        assert_eq!(asked.address(), "/?theme=housing&theme=health&nation=wales&q=a");
        assert_eq!(Asked::of("").address(), "/");
    }

    #[test]
    fn a_filter_goes_with_what_depends_on_it() {
        let asked = Asked::of("q=food&near=53,-2&radius_km=5&sort=distance&kind=idea");
        assert_eq!(asked.without("near", "53,-2").query(), "kind=idea&q=food");
        assert_eq!(asked.cleared().query(), "q=food");
        assert_eq!(asked.active().count(), 3);
    }

    #[test]
    fn more_is_shown_up_to_a_limit() {
        assert_eq!(Asked::of("q=a").more().as_deref(), Some("/?q=a&shown=40"));
        assert_eq!(Asked::of("shown=5000").more(), None);
        assert_eq!(Asked::of("shown=-3").shown, 20);
    }
}
