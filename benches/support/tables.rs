//! Inserts rows into tables with `COPY … FROM STDIN` in text format.

use std::io::Cursor;

use futures_util::SinkExt;
use tokio_postgres::Client;

/// Any error. The benchmark reports it and ends.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Pending rows of one table.
pub struct Table {
    name: &'static str,
    columns: &'static str,
    rows: String,
}

impl Table {
    /// A table without pending rows. Separate columns with commas.
    pub fn new(name: &'static str, columns: &'static str) -> Self {
        Self { name, columns, rows: String::new() }
    }

    /// Add a row, with one cell per column. An empty cell means null.
    pub fn row<const N: usize>(&mut self, cells: [&str; N]) {
        debug_assert_eq!(N, self.columns.split(',').count(), "{}", self.name);
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.rows.push('\t');
            }
            match cell.is_empty() {
                true => self.rows.push_str("\\N"),
                false => self.rows.extend(cell.split('\n').flat_map(|line| ["\\n", line]).skip(1)),
            }
        }
        self.rows.push('\n');
    }

    /// Send the rows.
    pub async fn flush(&mut self, client: &Client) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.rows);
        let statement = format!("COPY {} ({}) FROM STDIN", self.name, self.columns);
        let sink = client.copy_in::<_, Cursor<String>>(statement.as_str()).await?;
        let mut sink = std::pin::pin!(sink);
        sink.send(Cursor::new(rows)).await?;
        sink.finish().await.map_err(|error| format!("{}: {error:?}", self.name))?;
        Ok(())
    }
}

/// The tables that are filled.
pub struct Tables {
    /// Slugs of all records.
    pub slugs: Table,
    /// Councils.
    pub councils: Table,
    /// Themes.
    pub themes: Table,
    /// Initiatives.
    pub initiatives: Table,
    /// Leads of those that no council leads.
    pub leads: Table,
    /// Their long texts.
    pub narratives: Table,
    /// Participating councils.
    pub participants: Table,
    /// Partners that are not councils.
    pub partners: Table,
    /// Themes of initiatives.
    pub of_themes: Table,
    /// Principles of initiatives.
    pub of_principles: Table,
    /// Sources.
    pub sources: Table,
    /// Outcomes.
    pub outcomes: Table,
    /// Costs.
    pub costs: Table,
}

impl Tables {
    /// Tables without pending rows.
    pub fn new() -> Self {
        Self {
            slugs: Table::new("slugs", "resource, slug, record_id"),
            councils: Table::new(
                "councils",
                "id, slug, name, short_name, gss_code, council_type, nation, region, latitude, longitude, population,
                 population_year, website, aliases, created_at, updated_at",
            ),
            themes: Table::new("themes", "id, slug, label, definition, broader_id, created_at, updated_at"),
            initiatives: Table::new(
                "initiatives",
                "id, slug, title, summary, kind, delivery_status, started_on, ended_on, lead_council_id, parent_id, latitude,
                 longitude, visibility, state, effective_visibility, published_at, created_at, updated_at, withdrawn_at,
                 withdrawn_reason",
            ),
            leads: Table::new("initiative_leads", "initiative_id, kind"),
            narratives: Table::new("initiative_narratives", "initiative_id, body, challenge, approach, what_worked"),
            participants: Table::new("initiative_participants", "initiative_id, council_id, role, position"),
            partners: Table::new("initiative_partners", "initiative_id, position, name, role"),
            of_themes: Table::new("initiative_themes", "initiative_id, theme_id, position"),
            of_principles: Table::new("initiative_principles", "initiative_id, principle_id, position, how"),
            sources: Table::new("sources", "initiative_id, key, position, title, publisher, kind, published_on, url"),
            outcomes: Table::new(
                "outcomes",
                "initiative_id, position, measure, kind, bound, value, value_high, direction, unit, as_at, evidence_level,
                 source_key",
            ),
            costs: Table::new("costs", "initiative_id, position, description, amount_pence, kind, payer"),
        }
    }

    /// Send the pending rows of every table.
    pub async fn flush(&mut self, client: &Client) -> Result<(), Failure> {
        for table in [&mut self.slugs, &mut self.councils, &mut self.themes, &mut self.initiatives] {
            table.flush(client).await?;
        }
        for table in
            [&mut self.leads, &mut self.narratives, &mut self.participants, &mut self.partners, &mut self.of_themes]
        {
            table.flush(client).await?;
        }
        for table in [&mut self.of_principles, &mut self.sources, &mut self.outcomes, &mut self.costs] {
            table.flush(client).await?;
        }
        Ok(())
    }
}
