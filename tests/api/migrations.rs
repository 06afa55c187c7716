//! The schema: up, down and up again, by one or by two at once; what `schema.rs`, the enums and the comments say of it.

use std::collections::BTreeMap;

use ccin_registry::db::migrations;
use ccin_registry::registry::references::Resource;
use serde_json::Value;
use tokio_postgres::Client;

use crate::support::database::{Database, Template};
use crate::support::scratch::connect;

/// Everything that migrations make in `public`, a line each, from PostgreSQL's own catalogue: what `pg_dump` reads, and
/// there also where no `pg_dump` is.
const DUMP: [&str; 9] = [
    "SELECT format('%s %s %I.%I %s null:%s default:%s', c.relkind, a.attnum, c.relname, a.attname,
            format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind <> 'i' AND a.attnum > 0 AND NOT a.attisdropped",
    "SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
     FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT pg_get_indexdef(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'i'",
    "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal",
    "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT format('type %s', typname) FROM pg_type
     WHERE typnamespace = 'public'::regnamespace AND typtype NOT IN ('c', 'b')",
    "SELECT format('extension %s', extname) FROM pg_extension",
    "SELECT format('schema %s', nspname) FROM pg_namespace WHERE nspname !~ '^pg_'",
    "SELECT format('comment %s %s', pg_describe_object(classoid, objoid, objsubid), description) FROM pg_description
     WHERE classoid = 'pg_class'::regclass AND objoid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)",
];

async fn texts(client: &Client, query: &str) -> Vec<String> {
    client.query(query, &[]).await.expect(query).iter().map(|row| row.get(0)).collect()
}

async fn dump(client: &Client) -> Vec<String> {
    let mut lines = Vec::new();
    for query in DUMP {
        lines.extend(texts(client, query).await);
    }
    // Diesel's own note of what has been applied stays.
    lines.retain(|line| !line.contains("__diesel_schema_migrations"));
    lines.sort();
    lines
}

/// The words of the read-only vocabularies, which a migration enters.
async fn vocabularies(client: &Client) -> Vec<String> {
    let mut rows = texts(client, "SELECT to_jsonb(p)::text FROM principles p ORDER BY id").await;
    rows.extend(texts(client, "SELECT to_jsonb(v)::text FROM co_operative_values v ORDER BY id").await);
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn up_down_and_up_again_leaves_the_same() {
    let database = Database::new(Template::Blank).await;
    let client = connect(&database.url).await;
    let nothing = dump(&client).await;
    let applied = migrations::run(&database.url).await.unwrap();
    let (first, words) = (dump(&client).await, vocabularies(&client).await);
    assert!(first.len() > 200 && words.len() == 27, "{} lines, {} words", first.len(), words.len());

    let mut reverted = migrations::revert_all(&database.url).await.unwrap();
    reverted.reverse();
    assert_eq!(reverted, applied);
    assert_eq!(dump(&client).await, nothing);

    assert_eq!(migrations::run(&database.url).await.unwrap(), applied);
    assert_eq!(dump(&client).await, first);
    assert_eq!(vocabularies(&client).await, words);
    assert_eq!(migrations::run(&database.url).await.unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_with_records_can_be_taken_down() {
    let database = Database::new(Template::Sample).await;
    migrations::revert_all(&database.url).await.unwrap();
    let client = connect(&database.url).await;
    let left = texts(&client, "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace").await;
    assert_eq!(left, ["__diesel_schema_migrations", "__diesel_schema_migrations_pkey"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_that_migrate_at_once_one_does_it() {
    let database = Database::new(Template::Blank).await;
    let starting: Vec<_> = (0..4)
        .map(|_| {
            let url = database.url.clone();
            tokio::spawn(async move { migrations::run(&url).await.expect("the migrations").len() })
        })
        .collect();
    let mut applied = Vec::new();
    for one in starting {
        applied.push(one.await.unwrap());
    }
    applied.sort_unstable();
    let entries = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir()).count();
    assert_eq!(applied, [0, 0, 0, folders]);
    let empty = Database::new(Template::Empty).await;
    assert_eq!(dump(&connect(&database.url).await).await, dump(&connect(&empty.url).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn schema_rs_is_what_the_database_has() {
    let database = Database::new(Template::Empty).await;
    let client = connect(&database.url).await;
    let columns = client
        .query(
            "SELECT c.table_name::text, c.column_name::text, c.udt_name::text, c.is_nullable = 'YES',
                    array_position((SELECT conkey FROM pg_constraint WHERE contype = 'p'
                                    AND conrelid = c.table_name::regclass), c.ordinal_position::smallint)
             FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
                 AND table_name !~ '^__diesel' AND table_name <> 'pending_changes'
             ORDER BY c.table_name COLLATE \"C\", c.ordinal_position",
            &[],
        )
        .await
        .unwrap();
    let mut tables: BTreeMap<String, (Vec<(i32, String)>, String)> = BTreeMap::new();
    for column in &columns {
        let [table, name, kind]: [String; 3] = [column.get(0), column.get(1), column.get(2)];
        let (key, lines) = tables.entry(table).or_default();
        if let Some(place) = column.get::<_, Option<i32>>(4) {
            key.push((place, name.clone()));
        }
        let kind = rust_kind(&kind);
        let kind = if column.get(3) { format!("Nullable<{kind}>") } else { kind };
        lines.push_str(&format!("        {name} -> {kind},\n"));
    }
    let mut expected: Vec<String> = tables
        .iter_mut()
        .map(|(table, (key, lines))| {
            key.sort();
            let key: Vec<&str> = key.iter().map(|(_, name)| &**name).collect();
            format!("diesel::table! {{\n    {table} ({}) {{\n{lines}    }}\n}}", key.join(", "))
        })
        .collect();
    expected.push(joins(&client).await.join("\n"));
    let names: String = tables.keys().map(|table| format!("    {table},\n")).collect();
    expected.push(format!("diesel::allow_tables_to_appear_in_same_query!(\n{names});"));

    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/schema.rs")).unwrap();
    let found: Vec<&str> = file.trim_end().split("\n\n").skip(1).collect();
    assert_eq!(found, expected, "run: diesel print-schema");
}

/// The tables that one foreign key joins, and no other does.
async fn joins(client: &Client) -> Vec<String> {
    let query = "SELECT format('diesel::joinable!(%s -> %s (%s));', conrelid::regclass, confrelid::regclass,
                               min((SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])))
                 FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid AND cardinality(conkey) = 1
                 GROUP BY conrelid, confrelid HAVING count(*) = 1
                 ORDER BY conrelid::regclass::text COLLATE \"C\", confrelid::regclass::text COLLATE \"C\"";
    texts(client, query).await
}

fn rust_kind(kind: &str) -> String {
    let known = [
        ("uuid", "Uuid"),
        ("text", "Text"),
        ("int2", "Int2"),
        ("int4", "Int4"),
        ("int8", "Int8"),
        ("float8", "Float8"),
        ("numeric", "Numeric"),
        ("bool", "Bool"),
        ("date", "Date"),
        ("timestamptz", "Timestamptz"),
        ("bytea", "Bytea"),
        ("jsonb", "Jsonb"),
    ];
    match kind.strip_prefix('_') {
        Some(item) => format!("Array<Nullable<{}>>", rust_kind(item)),
        None => match known.iter().find(|(theirs, _)| *theirs == kind) {
            Some((_, ours)) => (*ours).to_owned(),
            None => panic!("no Rust type is known for {kind}"),
        },
    }
}

/// Which enum of the document holds the words of which column.
const WORDS: [(&str, &str); 40] = [
    ("audit_events.origin", "Origin"),
    ("co_operative_values.scheme", "ValueScheme"),
    ("costs.bound", "CostBound"),
    ("costs.kind", "CostKind"),
    ("council_changes.kind", "CouncilChangeKind"),
    ("councils.council_type", "CouncilType"),
    ("councils.nation", "Nation"),
    ("councils.region", "Region"),
    ("councils.status", "CouncilStatus"),
    ("due_link_records.answer", "DueAnswerKind"),
    ("initiative_leads.kind", "LeadKind"),
    ("initiative_participants.role", "ParticipantRole"),
    ("initiative_partners.role", "PartnerRole"),
    ("initiatives.delivery_status", "DeliveryStatus"),
    ("initiatives.entered_by", "EnteredBy"),
    ("initiatives.verified_method", "VerificationMethod"),
    ("initiatives.kind", "InitiativeKind"),
    ("initiatives.licence", "Licence"),
    ("initiatives.state", "State"),
    ("initiatives.visibility", "Visibility"),
    ("key_requests.status", "RequestStatus"),
    ("letters.state", "LetterState"),
    ("memberships.tier", "MemberTier"),
    ("organisations.kind", "OrganisationKind"),
    ("outcomes.bound", "Bound"),
    ("outcomes.direction", "Direction"),
    ("outcomes.kind", "OutcomeKind"),
    ("outcomes.unit", "Unit"),
    ("principles.scheme", "PrincipleScheme"),
    ("recruitment.stage", "RecruitmentStage"),
    ("pre_election_periods.nation", "Nation"),
    ("pre_election_periods.rule", "PublicationRule"),
    ("revisions.state", "RevisionState"),
    ("suggestions.state", "SuggestionState"),
    ("sources.kind", "SourceKind"),
    ("themes.status", "ThemeStatus"),
    ("users.role", "Role"),
    ("users.status", "UserStatus"),
    ("webhook_deliveries.state", "WebhookDeliveryState"),
    ("webhook_deliveries.topic", "WebhookTopic"),
];

/// The words of an enum, as the document has them.
fn words(document: &Value, name: &str) -> Vec<String> {
    let schema = &document["components"]["schemas"][name];
    let listed = schema["enum"].as_array().unwrap_or_else(|| panic!("{name} is no enum: {schema}"));
    listed.iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vocabulary_of_the_database_is_its_enum() {
    let database = Database::new(Template::Empty).await;
    let client = connect(&database.url).await;
    // A check of one column against a list of words.
    let checks = client
        .query(
            "SELECT format('%s.%s', conrelid::regclass, attname), pg_get_constraintdef(pg_constraint.oid)
             FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
             WHERE contype = 'c' AND cardinality(conkey) = 1 AND pg_get_constraintdef(pg_constraint.oid) ~ '= ANY'
             ORDER BY 1",
            &[],
        )
        .await
        .unwrap();
    let document = &ccin_registry::api::routes::document().value;
    let mut expected: Vec<(String, Vec<String>)> =
        WORDS.iter().map(|(column, name)| ((*column).to_owned(), words(document, name))).collect();
    let resources = [Resource::Council, Resource::Theme, Resource::Initiative, Resource::Organisation];
    let resources = resources.map(|one| one.word().to_owned());
    for column in ["pending_changes.resource", "slugs.resource"] {
        expected.push((column.into(), resources.to_vec()));
    }
    // Followers hear of boundaries and pre-election periods as well; the feed does not have them. Memberships and changes of councils have no
    // slug.
    let others = ["council_change", "boundary", "membership"].map(str::to_owned);
    let last = ["pre_election_period".to_owned()];
    expected.push(("changes.resource".into(), [&resources[..3], &others, &resources[3..], &last].concat()));
    expected.sort();
    let found: Vec<(String, Vec<String>)> = checks
        .iter()
        .map(|check| {
            let definition: String = check.get(1);
            let words = definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
            (check.get(0), words)
        })
        .collect();
    // In the same order as well: whoever reads one knows the other.
    assert_eq!(found, expected);

    // Visibilities are ranked by the database, too.
    let ranked = "SELECT word FROM unnest($1::text[]) word ORDER BY visibility_rank(word) DESC";
    let levels = words(document, "Visibility");
    let ranked: Vec<String> = client.query(ranked, &[&levels]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(ranked, levels.into_iter().rev().collect::<Vec<_>>());
}

/// Columns that mean the same in every table that has them.
const OBVIOUS: [&str; 17] = [
    "id",
    "slug",
    "name",
    "title",
    "label",
    "definition",
    "description",
    "summary",
    "url",
    "website",
    "email",
    "version",
    "created_at",
    "updated_at",
    "withdrawn_at",
    "withdrawn_reason",
    "position",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_table_and_every_column_that_is_not_obvious_is_explained() {
    let database = Database::new(Template::Empty).await;
    let client = connect(&database.url).await;
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                  AND relname !~ '^__diesel' AND obj_description(oid, 'pg_class') IS NULL";
    assert_eq!(texts(&client, tables).await, [""; 0], "tables without a comment");
    // A reference says where it leads, a vocabulary what it holds.
    let columns = client
        .query(
            "SELECT format('%s.%s', attrelid::regclass, attname) FROM pg_attribute a
             JOIN pg_class c ON c.oid = attrelid AND relnamespace = 'public'::regnamespace AND relkind = 'r'
             WHERE relname !~ '^__diesel' AND attnum > 0 AND NOT attisdropped AND attname::text <> ALL ($1)
             AND col_description(attrelid, attnum) IS NULL
             AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND attnum = ANY (conkey)
                             AND (contype = 'f' OR contype = 'c' AND cardinality(conkey) = 1
                                  AND pg_get_constraintdef(oid) ~ '= ANY'))
             ORDER BY 1",
            &[&OBVIOUS.as_slice()],
        )
        .await
        .unwrap();
    let columns: Vec<String> = columns.iter().map(|row| row.get(0)).collect();
    assert_eq!(columns, [""; 0], "columns without a comment");
}
