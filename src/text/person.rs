//! Tells the name of a person from that of an organisation, as far as its form says so.

/// Forms of address that only a person has.
const TITLES: [&str; 14] =
    ["cllr", "cllrs", "councillor", "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev"];

/// Small words within names of people.
const PARTICLES: [&str; 9] = ["ap", "da", "de", "den", "der", "du", "la", "van", "von"];

/// Words that make a name with a title that of an organisation, such as "Dr Gray's Hospital".
const ORGANISATIONS: [&str; 37] = [
    "academy",
    "association",
    "centre",
    "charity",
    "church",
    "cic",
    "cio",
    "clinic",
    "club",
    "college",
    "company",
    "co-operative",
    "cooperative",
    "federation",
    "foundation",
    "fund",
    "group",
    "home",
    "homes",
    "hospital",
    "house",
    "institute",
    "limited",
    "llp",
    "ltd",
    "museum",
    "network",
    "partners",
    "partnership",
    "plc",
    "practice",
    "school",
    "services",
    "society",
    "solicitors",
    "trust",
    "university",
];

/// True for a form of address and the name of a person after it: `Cllr Jo Bloggs`, `Dr. J. Bloggs`. A name without a
/// form of address may still be that of a person.
pub fn is_person(name: &str) -> bool {
    let mut words = name.split_whitespace();
    let title = words.next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    let rest: Vec<&str> = words.collect();
    TITLES.contains(&title.as_str()) && (1..=4).contains(&rest.len()) && rest.iter().all(|word| is_part_of_a_name(word))
}

/// True for `Bloggs`, `O'Neill`, `Smith-Jones` and `J.`; false for words of organisations and for possessives.
fn is_part_of_a_name(word: &str) -> bool {
    let bare = word.trim_end_matches([',', '.']);
    PARTICLES.contains(&bare)
        || bare.chars().next().is_some_and(char::is_uppercase)
            && bare.chars().all(|c| c.is_alphabetic() || ['-', '\'', '’', '.'].contains(&c))
            && !bare.ends_with("'s")
            && !bare.ends_with("’s")
            && !ORGANISATIONS.contains(&bare.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_address_and_a_name_are_a_person() {
        for name in [
            "Cllr Jo Bloggs",
            "Councillor Bloggs",
            "Mr J. Bloggs",
            "Mrs Smith-Jones",
            "Ms Aoife O'Neill",
            "Dr. Ó Briain",
            "Professor Jo van Bloggs",
            "Dame Jo Bloggs",
        ] {
            assert!(is_person(name), "{name}");
        }
    }

    #[test]
    fn an_organisation_may_be_called_after_a_person() {
        for name in [
            "Dr Gray's Hospital",
            "Mr Fothergill’s Seeds",
            "Mrs Smith Charity",
            "Sir John Soane's Museum",
            "Dame Hannah Trust",
            "Mr",
            "Miss Selfridge Ltd",
            "Drs at work",
            "Co-operatives UK",
            "MS Society",
            "Ms 2020",
        ] {
            assert!(!is_person(name), "{name}");
        }
    }
}
