//! The source as text: imports run one way, HTTP stays at the edge, nothing panics on purpose, files stay short.

mod source;

use source::{Source, files};

/// Which files may import what of ours: the first rule whose pattern fits a file holds for it. `*` stands for a name, `**`
/// for a path. A right also covers what lies below it, and a file may always import itself and its own folder.
///
/// From the edge inwards: program, routes, handlers, stores, models, words.
const RULES: &str = "
    main                     cli logging
    logging
    cli                      audit::* auth::* causes config db error first_start health import::command input openapi refs screen serve users::*
    serve                    audit::store auth::issuers auth::keys config db::opened first_start limits::bucket screen server signals
                             tls
    first_password
    first_start              audit::* auth::keys auth::password db::opened error first_password input openapi sample screen users::*
    screen                   db::opened first_password read_model sample
    server                   address api_keys::usage auth::issuers auth::keys auth::throttle config db::Db tally input limits::* middleware
                             openapi read_model readiness routes search::unanswered sending service tls uploads
    sample::**               db::forget_plans db::schema error initiatives::* input *::model *::store
    routes                   auth::identify::identify exports limits::rate problems read_model service transport vocabularies
                             *::handlers
    openapi::**              error::Problem idempotency::IDEMPOTENCY_KEY input limits::bounds limits::cost openapi problems routes
    signals
    tls
    health                   address
    address                  config
    service                  auth::caller::Reach db::Db error input openapi page read_model readiness reply
    readiness                db::Db error

    exports::handlers        EXPORTS HANDLERS initiatives::query initiatives::within openapi outcomes::query page
    exports::answer          EXPORTS address auth::caller auth::scope config db::Db limits::Limits page::base problems reply
    exports::columns         db::word
    exports::datapackage     exports
    exports::format          error geography negotiate
    exports::rows            EXPORTS auth::caller::Reach geography *::model
    exports::stream          EXPORTS db limits::shares
    exports::tables::**      exports::columns exports::tables *::model
    EXPORTS                  error exports read_model

    import::command          auth::keys import::* input
    import::file
    import::boundaries::**   IMPORT boundaries::shape
    import::councils::**     IMPORT councils::model input refs text
    IMPORT                   audit::* auth::caller::Reach auth::keys boundaries::store councils::store db::lock error geography import::*

    audit::chain             auth::keys db::schema
    audit::command           audit::* auth::keys config
    audit::subject           auth::caller *::model
    audit::trail             audit::* auth::keys error
    audit::verify            audit::chain auth::keys db::schema error
    audit::store             STORE audit::* auth::keys

    ogc::handlers            HANDLERS ogc::* openapi problems
    ogc::answer              error initiatives::model ogc::* page reply
    ogc::collections
    ogc::document            ogc::query
    ogc::features            auth::caller::Reach error exports::columns exports::format::Point geography ogc page read_model *::model
    ogc::model               exports::format::Point *::model
    ogc::query               councils::query error geography initiatives::query
    boundaries::handlers     HANDLERS boundaries::* geography
    boundaries::members      auth::caller::Reach boundaries::* error geography read_model *::model
    boundaries::shape        geography
    boundaries::store        STORE boundaries::shape
    changes::handlers        HANDLERS changes::*
    changes::recent          auth::caller::Reach changes::* error read_model
    web::handlers            HANDLERS negotiate web::* *::store
    web::preview             citation::linked web::*
    embeds::handlers         HANDLERS embeds::* negotiate citation::work *::store
    embeds::frame            reply web::shell
    embeds::oembed           embeds::model web::shell
    embeds::model            initiatives::query search::model text *::model
    citation::handlers       HANDLERS citation::* negotiate *::store
    citation::form           citation::* error initiatives::model negotiate page reply
    citation::extent         auth::caller::Reach read_model *::model
    citation::*              citation::* councils::model db::word::text initiatives::evidence initiatives::model text
                             themes::model
    tiles::handlers          HANDLERS boundaries::members boundaries::model boundaries::shape geography map::points problems tiles
    map::handlers            HANDLERS map::points
    *::handlers              HANDLERS
    map::cluster             geography
    map::model               geography initiatives::query *::model
    map::points              auth::caller::Reach geography map read_model *::model
    tiles::areas             boundaries::members boundaries::shape db::word error geography tiles
    tiles::encode            db::word error geography map tiles
    tiles::model             geography initiatives::query::SHAPE
    HANDLERS                 address api_keys::usage audit::* auth::* citation::form citation::linked config councils::query db::Db
                             db::word error geography idempotency initiatives::* input outcomes::query page read_model refs reply
                             search::* text withdrawal *::model *::store
    web::*                   reply web::*
    vocabularies             auth::caller db error input page read_model reply
    withdrawal

    changes::cursor          auth::caller::Reach auth::keys error *::model
    changes::feed            error *::model
    changes::store           STORE changes::cursor db::epoch page *::store

    tally                    db::Db error
    api_keys::usage          tally error *::store
    search::unanswered       db::schema tally error read_model search::model
    outcomes::model          auth::caller::Reach error initiatives::evidence read_model reply::Resource text *::model
    *::model                 auth::scope db::schema geography initiatives::answer initiatives::evidence input markdown page::Order reply::Resource text
                             *::model
    read_model::text::**     read_model::text
    read_model::extractor    error read_model
    read_model::middleware   auth::keys error read_model
    read_model::ready_answers auth::caller::Reach read_model reply
    read_model::**           auth::caller::Reach boundaries::shape boundaries::store councils::query councils::store db error geography initiatives::*
                             outcomes::query page read_model refs reply text themes::store vocabularies *::model

    councils::query          QUERY
    outcomes::query          QUERY initiatives::evidence initiatives::query
    initiatives::query       QUERY
    QUERY                    error geography page::Order text *::model
    initiatives::answer      geography initiatives::evidence reply::Resource *::model
    initiatives::evidence    input text

    users::store             STORE auth::store
    api_keys::store          STORE api_keys::usage auth::api_key auth::keys auth::scope tally
    auth::store              STORE auth::scope
    key_requests::store      STORE address
    initiatives::within      auth::caller::Reach error initiatives::query read_model refs
    initiatives::*           STORE initiatives::child_rows initiatives::children initiatives::evidence initiatives::names initiatives::query initiatives::resolve
    *::store                 STORE
    refs                     STORE
    slugs                    STORE
    STORE                    auth::caller::Reach auth::caller::Account db::lock db::prepared db::schema db::word error geography
                             input::Draft input::Faults page::Order page::Slice page::Window markdown refs slugs text *::model

    auth::identify           address api_keys::model api_keys::usage auth::* config db::Db error
    auth::caller             auth::* error initiatives::model users::model
    auth::issuers::**        auth::issuers causes config error issuer tls
    auth::keys               config
    auth::throttle           address error limits::bucket
    auth::token              auth::keys error
    auth::scope              db::word users::model
    auth::api_key            auth::keys
    auth::*                  error
    page::**                 auth::keys config error page read_model::shown reply search::model
    idempotency              auth::keys db::prepared db::schema error reply
    negotiate                error
    reply                    error read_model::shown
    middleware               auth::api_key config error negotiate reply transport web::shell
    transport                config error input
    limits                   address auth::caller config users::model::Role
    limits::rate             address auth::caller auth::identify error exports::format limits
    limits::*                address error limits::Limits limits::shares
    uploads
    sending                  config limits limits::load limits::shares

    input::**                config error fault geography input limits::load markdown text
    geography::**            error geography
    error                    fault input::MAX_BODY problems
    fault
    causes
    error::database          error problems
    problems                 error
    text                     input::Faults
    markdown
    config                   issuer
    issuer
    db::opened               config db
    db::**                   causes db tls
";

/// A pattern of files, and the patterns of what they may import.
struct Rule {
    files: &'static str,
    rights: Vec<&'static str>,
}

fn rules() -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in RULES.lines().filter(|line| !line.trim().is_empty()) {
        let goes_on = line.starts_with("                ");
        let mut words = line.split_whitespace();
        match rules.last_mut().filter(|_| goes_on) {
            Some(rule) => rule.rights.extend(words),
            None => rules.push(Rule { files: words.next().unwrap_or_default(), rights: words.collect() }),
        }
    }
    // A name in capitals is no file but a set of rights.
    let is_set = |rule: &Rule| rule.files.chars().all(|c| c.is_ascii_uppercase());
    let (sets, mut rules): (Vec<_>, Vec<_>) = rules.into_iter().partition(is_set);
    for set in &sets {
        for rule in rules.iter_mut().filter(|rule| rule.rights.contains(&set.files)) {
            rule.rights.extend(&set.rights);
        }
    }
    rules
}

/// Files that know nothing of HTTP: a mention of any of these words is a fault.
const WITHOUT_HTTP: &str = "*::model *::store boundaries::shape geography::** import::** councils::query initiatives::query audit::chain audit::subject audit::verify changes::cursor changes::feed \
                            citation::bibtex citation::extent citation::catalog citation::claims citation::csl citation::datacite citation::linked \
                            citation::markdown citation::outline citation::ris citation::work exports::columns \
                            exports::tables::** initiatives::answer initiatives::children \
                            initiatives::child_rows initiatives::evidence initiatives::names initiatives::resolve initiatives::within initiatives::write ogc::collections ogc::document ogc::query \
                            outcomes::query changes::recent exports::rows map::points ogc::features refs slugs text config \
                            db::** sample::**";
const HTTP: [&str; 5] = ["actix", "HttpRequest", "HttpResponse", "StatusCode", "handlers"];

/// The longest that a file may be, in lines.
const LONGEST: usize = 400;

/// True when a path of ours is covered by a pattern.
fn fits(pattern: &str, path: &[String]) -> bool {
    let mut parts = pattern.split("::");
    let mut names = path.iter();
    loop {
        match (parts.next(), names.next()) {
            (None, None) | (Some("**"), _) => return true,
            (Some("*"), Some(_)) => {}
            (Some(part), Some(name)) if part == name => {}
            _ => return false,
        }
    }
}

/// True when a path, or something that it lies in, is covered by a pattern.
fn covers(pattern: &str, path: &[String]) -> bool {
    (1..=path.len()).any(|length| fits(pattern, &path[..length]))
}

fn sources() -> Vec<Source> {
    let sources: Vec<Source> = files("src").iter().filter(|path| path.ends_with(".rs")).map(Source::read).collect();
    assert!(sources.len() > 60, "only {} files were found", sources.len());
    sources
}

#[test]
fn imports_run_one_way() {
    let mut faults = Vec::new();
    let rules = rules();
    let mut held = vec![false; rules.len()];
    for source in sources() {
        // What lib.rs and the mod.rs of a folder say is who belongs to them.
        if source.module.is_empty() || source.imports.is_empty() && source.path.ends_with("/mod.rs") {
            continue;
        }
        let Some(rule) = rules.iter().position(|rule| fits(rule.files, &source.module)) else {
            faults.push(format!("{}: no rule says what it may import", source.path));
            continue;
        };
        held[rule] = true;
        for (line, import) in &source.imports {
            let (path, rule, name) = (&source.path, &rules[rule], import.join("::"));
            if import.iter().any(|name| name == "handlers") && source.module != ["routes"] {
                faults.push(format!("{path}:{line}: only the routes know handlers, not {name}"));
            }
            let is_own = import.starts_with(&source.module) || *import == source.module[..source.module.len() - 1];
            if !is_own && !rule.rights.iter().any(|right| covers(right, import)) {
                faults.push(format!("{path}:{line}: {} must not import {name}", rule.files));
            }
        }
    }
    for (rule, _) in rules.iter().zip(held).filter(|(_, held)| !held) {
        faults.push(format!("the rule for {} holds for no file", rule.files));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn http_stays_at_the_edge() {
    let mut faults = Vec::new();
    for source in
        sources().iter().filter(|source| WITHOUT_HTTP.split_whitespace().any(|files| fits(files, &source.module)))
    {
        for (line, text) in source.lines() {
            for word in HTTP.iter().filter(|word| text.contains(**word)) {
                faults.push(format!("{}:{line}: {word}", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The private PostgreSQL could be a crate of its own: it names nothing of ours, neither in code nor in comments.
#[test]
fn the_private_postgresql_knows_no_registry() {
    let mut faults = Vec::new();
    for path in files("src/db/embedded") {
        let text = std::fs::read_to_string(source::root().join(&path)).expect("a source file").to_lowercase();
        for (number, line) in text.lines().enumerate() {
            if ["ccin", "registry", "crate::"].iter().any(|word| line.contains(word)) {
                faults.push(format!("{path}:{}: {line}", number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn nothing_unwraps_outside_of_tests() {
    let mut faults = Vec::new();
    for source in sources() {
        for (line, text) in source.lines() {
            if text.contains(".unwrap()") {
                faults.push(format!("{}:{line}: {}", source.path, text.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn files_stay_short() {
    let mut faults = Vec::new();
    for path in files("src").into_iter().chain(files("tests")) {
        let is_ours = path.ends_with(".rs") && path != "src/db/schema.rs";
        let count = std::fs::read_to_string(source::root().join(&path)).unwrap_or_default().lines().count();
        if is_ours && count > LONGEST {
            faults.push(format!("{path}: {count} lines"));
        }
    }
    assert!(faults.is_empty(), "longer than {LONGEST} lines:\n{}", faults.join("\n"));
}
