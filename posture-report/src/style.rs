//! Width and color of what is printed.

use comfy_table::{
    Attribute, Cell, Color, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle,
    Table, TableStyle,
};
use posture_core::control::Severity;
use posture_core::report::State;

/// Where the text goes.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// How many columns there are.
    pub width: u16,
    /// Whether there are colors.
    pub color: bool,
}

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─'))
    .content_lines(ContentLineStyle::none());

impl Canvas {
    /// A table that fits, with these columns; those marked hold numbers.
    pub fn table(self, header: &[(&str, bool)]) -> Table {
        let mut table = Table::new();
        table.load_style(STYLE).set_width(self.width);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.force_no_tty();
        if self.color {
            table.enforce_styling();
        }
        table.set_header(header.iter().map(|(name, _)| self.strong(name)));
        for (place, (_, number)) in header.iter().enumerate() {
            if let Some(column) = table.column_mut(place) {
                // Spaces stand between columns and none at the edges.
                let after = if place + 1 == header.len() { 0 } else { 2 };
                column.set_padding((0, if *number { 1 } else { after }));
                if *number {
                    column.set_cell_alignment(comfy_table::CellAlignment::Right);
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
            }
        }
        table
    }

    /// Keeps the words of a column whole: an id that is broken cannot be copied.
    pub fn keep_whole(table: &mut Table, column: usize) {
        if let Some(column) = table.column_mut(column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }

    /// A cell in bold.
    pub fn strong(self, text: &str) -> Cell {
        Cell::new(text).add_attribute(Attribute::Bold)
    }

    /// A cell in a color.
    pub fn colored(self, text: impl ToString, color: Color) -> Cell {
        Cell::new(text).fg(color)
    }

    /// A count, in which nothing is a dot and something has a color.
    pub fn count(self, count: usize, color: Option<Color>) -> Cell {
        match (count, color) {
            (0, _) => Cell::new("·").add_attribute(Attribute::Dim),
            (_, Some(color)) => self.colored(count, color),
            (_, None) => Cell::new(count),
        }
    }

    /// Text in bold, where there are colors.
    pub fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Text that stands back, where there are colors.
    pub fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// Text in the color that tables have for it.
    pub fn painted(self, text: &str, color: Color) -> String {
        let code = match color {
            Color::Green => "32",
            Color::Red => "31",
            Color::Yellow => "33",
            Color::Cyan => "36",
            Color::Magenta => "35",
            Color::Blue => "34",
            _ => return text.to_owned(),
        };
        self.with(code, text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The lines of a table without the spaces at their ends.
pub fn lines(table: &Table) -> String {
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The color of a severity.
pub fn severity_color(severity: Severity) -> Color {
    match severity {
        Severity::Critical => Color::Magenta,
        Severity::High => Color::Red,
        Severity::Medium => Color::Yellow,
        Severity::Low => Color::Blue,
    }
}

/// The color of a state; none of what was not assessed.
pub fn state_color(state: State) -> Option<Color> {
    match state {
        State::Met => Some(Color::Green),
        State::NotMet => Some(Color::Red),
        State::PartlyEvidenced => Some(Color::Cyan),
        State::Indeterminate | State::Excepted => Some(Color::Yellow),
        State::NotApplicable | State::NotAssessedOrganizational | State::NotAssessedNoControl => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_severity_has_a_color_of_its_own() {
        let canvas = Canvas { width: 80, color: true };
        let painted = |severity: &Severity| canvas.painted("x", severity_color(*severity));
        let all: std::collections::BTreeSet<String> = Severity::ALL.iter().map(painted).collect();
        assert_eq!(all.len(), Severity::ALL.len(), "{all:?}");
        assert!(all.iter().all(|text| text.starts_with('\u{1b}')), "{all:?}");
    }
}
