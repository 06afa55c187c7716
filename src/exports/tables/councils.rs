//! Councils, a row each.

use crate::exports::columns::Kind::{Decimal, Text, Time, Whole, Word};
use crate::exports::columns::{BETWEEN, Column, Member, Table, time};

/// Councils.
pub fn councils() -> Table {
    let plain = |name, cell: &str, kind, said| Member::plain(Column::new(name, cell, kind, said));
    let required = |name, cell: &str, kind, said| Member::plain(Column::new(name, cell, kind, said).required());
    let members = vec![
        Member::plain(Column::new("id", "councils.id", Word, "Council/id").unique()),
        Member::plain(Column::new("slug", "councils.slug", Word, "Council/slug").unique()),
        required("name", "councils.name", Text, "Council/name"),
        required("short_name", "councils.short_name", Text, "Council/short_name"),
        plain("welsh_name", "councils.welsh_name", Text, "Council/welsh_name"),
        plain("gss_code", "councils.gss_code", Word, "NewCouncil/gss_code"),
        plain("code", "councils.code", Word, "NewCouncil/code"),
        required("council_type", "councils.council_type", Word, "Council/council_type"),
        required("nation", "councils.nation", Word, "Council/nation"),
        plain("region", "councils.region", Word, "Council/region"),
        Member::new(
            "location",
            "CASE WHEN councils.latitude IS NOT NULL THEN json_build_object('latitude', councils.latitude,
                'longitude', councils.longitude) END",
            vec![
                Column::new("latitude", "councils.latitude", Decimal, "Location/latitude"),
                Column::new("longitude", "councils.longitude", Decimal, "Location/longitude"),
            ],
        ),
        plain("population", "councils.population", Whole, "NewCouncil/population"),
        plain("population_year", "councils.population_year", Whole, "NewCouncil/population_year"),
        plain("website", "councils.website", Text, "Council/website"),
        plain("description", "councils.description", Text, "NewCouncil/description"),
        Member::new(
            "aliases",
            "to_json(councils.aliases)",
            vec![
                Column::new(
                    "aliases",
                    format!(
                        "(SELECT string_agg(replace(alias, '{BETWEEN}', ','), '{BETWEEN}' ORDER BY place)
                          FROM unnest(councils.aliases) WITH ORDINALITY AS known (alias, place))"
                    ),
                    Text,
                    "Council/aliases",
                )
                .several("Joined by semicolons; a semicolon within one is written as a comma."),
            ],
        ),
        Member::new(
            "membership",
            "json_strip_nulls(json_build_object('tier', councils.membership_tier, 'status', councils.membership_status,
                'joined_on', councils.membership_joined_on, 'ended_on', councils.membership_ended_on))",
            vec![
                Column::new("membership_tier", "councils.membership_tier", Word, "Membership/tier").required(),
                Column::new("membership_status", "councils.membership_status", Word, "Membership/status"),
                Column::new("membership_joined_on", "councils.membership_joined_on", Word, "Membership/joined_on"),
                Column::new("membership_ended_on", "councils.membership_ended_on", Word, "Membership/ended_on"),
            ],
        ),
        required("version", "councils.version", Whole, "Council/version"),
        required("created_at", &time("councils.created_at"), Time, "Council/created_at"),
        required("updated_at", &time("councils.updated_at"), Time, "Council/updated_at"),
    ];
    Table {
        name: "councils",
        title: "Councils",
        about: "Local authorities and their membership of the network, a row each.",
        members,
        key: &["slug"],
        links: &[],
        point: Some(["councils.longitude".into(), "councils.latitude".into()]),
        id: "councils.id",
    }
}
