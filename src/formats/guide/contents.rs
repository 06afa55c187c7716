//! Table of contents: every page of `docs/` in reading order, with its Markdown. A test compares it with the folder.

/// The source of a page.
pub struct Source {
    /// Path below `docs/`, without `.md`.
    pub path: &'static str,
    /// Its Markdown.
    pub markdown: &'static str,
}

/// Pages of one kind.
pub struct Section {
    /// Title in the navigation.
    pub title: &'static str,
    /// Its pages, in reading order.
    pub pages: &'static [Source],
}

/// A file that pages use, such as a chart.
pub struct Asset {
    /// Path below `docs/`.
    pub path: &'static str,
    /// Media type.
    pub media_type: &'static str,
    /// Content.
    pub text: &'static str,
}

macro_rules! pages {
    ($($path:literal),* $(,)?) => {
        &[$(Source { path: $path, markdown: include_str!(concat!("../../../docs/", $path, ".md")) }),*]
    };
}

/// Path of the first page.
pub const INDEX: &str = "README";

/// Every page. The sections are the four kinds of documentation that Diátaxis names.
pub const SECTIONS: &[Section] = &[
    Section { title: "Start", pages: pages!["README"] },
    Section {
        title: "Tutorials",
        pages: pages![
            "tutorials/first-record",
            "tutorials/list-on-your-site",
            "tutorials/map-on-your-site",
            "tutorials/csv-to-chart",
        ],
    },
    Section {
        title: "How-to guides",
        pages: pages![
            "how-to/search",
            "how-to/exports",
            "how-to/maps",
            "how-to/gis",
            "how-to/cite",
            "how-to/embed",
            "how-to/keep-a-copy",
            "how-to/webhooks",
            "how-to/organisations",
            "how-to/still-true",
            "how-to/keys",
            "how-to/deploy",
            "how-to/back-up",
            "how-to/entra-id",
            "how-to/import",
            "how-to/audit",
        ],
    },
    Section {
        title: "Reference",
        pages: pages![
            "reference/api",
            "reference/operations",
            "reference/errors",
            "reference/rate-limits",
            "reference/roles",
            "reference/element",
            "reference/settings",
            "reference/command-line",
            "reference/data",
        ],
    },
    Section {
        title: "Explanation",
        pages: pages![
            "explanation/claims",
            "explanation/review",
            "explanation/visibility",
            "explanation/councils-in-time",
            "explanation/read-model",
            "explanation/audit",
            "explanation/code",
            "explanation/performance",
        ],
    },
];

/// Files beside the pages.
pub const ASSETS: &[Asset] = &[
    Asset { path: "guide.css", media_type: "text/css; charset=utf-8", text: include_str!("guide.css") },
    Asset { path: "guide.js", media_type: "text/javascript; charset=utf-8", text: include_str!("guide.js") },
    Asset {
        path: "tutorials/evidence-by-theme.svg",
        media_type: "image/svg+xml",
        text: include_str!("../../../docs/tutorials/evidence-by-theme.svg"),
    },
];
