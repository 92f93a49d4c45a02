//! All changes of a file planted at once: each becomes a choice that a number makes when the program runs.
//!
//! What is planted is put around the operands and repeats none of them, so that changes nest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use anyhow::{Context, Result};
use proc_macro2::{LineColumn, Span};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ReturnType, UnOp};

use super::{Genre, Listed};

/// The module that makes the choices, at the end of the crate's root.
pub(super) fn chooser(many: usize) -> String {
    CHOOSER.replace("MANY", &(many / 64 + 1).to_string())
}

const CHOOSER: &str = r#"

#[doc(hidden)]
#[allow(warnings, clippy::all)]
pub mod __mutants {
    use std::io::Write as _;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
    use std::sync::{Mutex, OnceLock};

    const UNREAD: u32 = u32::MAX;
    const RECORDS: u32 = u32::MAX - 1;
    static ACTIVE: AtomicU32 = AtomicU32::new(UNREAD);
    static REACHED: [AtomicU64; MANY] = [const { AtomicU64::new(0) }; MANY];
    static FILE: OnceLock<Mutex<std::fs::File>> = OnceLock::new();

    pub fn is(id: u32) -> bool {
        let active = ACTIVE.load(Relaxed);
        if active < RECORDS { active == id } else { first(id) }
    }

    fn first(id: u32) -> bool {
        if ACTIVE.load(Relaxed) == UNREAD {
            let active = match std::env::var_os("POSTURE_MUTANTS_RECORD") {
                Some(path) => {
                    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
                    let _ = FILE.set(Mutex::new(file.expect("a file for what is reached")));
                    RECORDS
                }
                None => std::env::var("POSTURE_MUTANT").map_or(0, |id| id.parse().expect("a number")),
            };
            ACTIVE.store(active, Relaxed);
            return is(id);
        }
        let bit = 1 << (id % 64);
        if REACHED[id as usize / 64].fetch_or(bit, Relaxed) & bit == 0 {
            let mut file = FILE.get().expect("open").lock().expect("one writer");
            let _ = file.write_all(format!("{id}\n").as_bytes());
        }
        false
    }
}
"#;

/// The places of a file where something is changed.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) sites: Vec<Site>,
    /// Changes that do not fit into a choice.
    pub(super) untried: Vec<u32>,
    /// Changes that no compiler takes.
    pub(super) unviable: Vec<u32>,
}

/// A place, and what may replace it.
#[derive(Debug)]
pub(super) struct Site {
    kind: Kind,
    /// The number of each change, and what it puts here.
    pub(super) changes: Vec<(u32, String)>,
    start: usize,
    end: usize,
    operator: Range<usize>,
    /// The text of the operator.
    is: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Returns early from a function.
    Body,
    /// `&&` and `||`.
    Lazy,
    /// Operators that look at their operands.
    Compare,
    /// Operators that take their operands.
    Value,
    /// Operators that change the left operand.
    Assign,
    Unary,
    Guard,
    /// A guard with `let`, which cannot be in parentheses.
    LetGuard,
    /// An arm without a guard.
    Arm,
    /// An arm with one.
    GuardedArm,
    LetGuardedArm,
}

/// Finds the places of the changes that are listed for a file.
pub(super) fn find(source: &str, listed: &[(u32, &Listed)]) -> Result<Found> {
    let file = syn::parse_file(source).context("syn does not parse it")?;
    let mut finder = Finder::default();
    for (id, change) in listed {
        let start = (change.span.start.line, change.span.start.column);
        let key = (change.genre, start.0, start.1);
        finder.wanted.entry(key).or_default().push((*id, change.replacement.clone()));
    }
    finder.visit_file(&file);
    // What is left is where no choice can be made, such as in constants.
    let rest = std::mem::take(&mut finder.wanted).into_values().flatten().map(|(id, _)| id);
    finder.found.untried.extend(rest);
    Ok(finder.found)
}

#[derive(Default)]
struct Finder {
    wanted: BTreeMap<(Genre, usize, usize), Vec<(u32, String)>>,
    found: Found,
    /// How many constant contexts this is in.
    constant: usize,
}

impl Finder {
    /// The changes that are listed for a place.
    fn take(&mut self, genre: Genre, at: LineColumn) -> Vec<(u32, String)> {
        if self.constant > 0 {
            return Vec::new();
        }
        self.wanted.remove(&(genre, at.line, at.column + 1)).unwrap_or_default()
    }

    fn add(
        &mut self,
        kind: Kind,
        changes: Vec<(u32, String)>,
        whole: Span,
        operator: Option<(Span, String)>,
    ) {
        if changes.is_empty() {
            return;
        }
        let Range { start, end } = whole.byte_range();
        let (operator, is) = match operator {
            Some((span, is)) => (span.byte_range(), is),
            None => (start..start, String::new()),
        };
        self.found.sites.push(Site { kind, changes, start, end, operator, is });
    }

    fn constantly(&mut self, visit: impl FnOnce(&mut Self)) {
        self.constant += 1;
        visit(self);
        self.constant -= 1;
    }

    fn function(&mut self, signature: &syn::Signature, block: &Block) {
        let Some(first) = block.stmts.first() else { return };
        let changes = self.take(Genre::FnValue, first.span().start());
        // `return` gives one type, and what is hidden behind `impl` is another one.
        let hides = match &signature.output {
            ReturnType::Type(_, kind) => {
                let mut hides = Hides(false);
                hides.visit_type(kind);
                hides.0
            }
            ReturnType::Default => false,
        };
        if hides {
            self.found.untried.extend(changes.iter().map(|(id, _)| *id));
            return;
        }
        // After the brace; an empty place.
        let at = block.brace_token.span.open();
        let end = at.byte_range().end;
        self.found.sites.extend((!changes.is_empty()).then(|| Site {
            kind: Kind::Body,
            changes,
            start: end,
            end,
            operator: end..end,
            is: String::new(),
        }));
    }
}

/// Whether a type holds `impl`.
struct Hides(bool);

impl Visit<'_> for Hides {
    fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
        self.0 = true;
    }
}

/// Whether a condition is a chain with `let`.
fn has_let(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

fn kind(operator: &BinOp) -> Option<Kind> {
    Some(match operator {
        BinOp::And(_) | BinOp::Or(_) => Kind::Lazy,
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
            Kind::Compare
        }
        BinOp::AddAssign(_)
        | BinOp::SubAssign(_)
        | BinOp::MulAssign(_)
        | BinOp::DivAssign(_)
        | BinOp::RemAssign(_)
        | BinOp::BitXorAssign(_)
        | BinOp::BitAndAssign(_)
        | BinOp::BitOrAssign(_)
        | BinOp::ShlAssign(_)
        | BinOp::ShrAssign(_) => Kind::Assign,
        BinOp::Add(_)
        | BinOp::Sub(_)
        | BinOp::Mul(_)
        | BinOp::Div(_)
        | BinOp::Rem(_)
        | BinOp::BitXor(_)
        | BinOp::BitAnd(_)
        | BinOp::BitOr(_)
        | BinOp::Shl(_)
        | BinOp::Shr(_) => Kind::Value,
        _ => return None,
    })
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if item.sig.constness.is_some() {
            return self.constantly(|finder| visit::visit_item_fn(finder, item));
        }
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if item.sig.constness.is_some() {
            return self.constantly(|finder| visit::visit_impl_item_fn(finder, item));
        }
        self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_item_enum(&mut self, _: &'ast syn::ItemEnum) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let operator = binary.op.span();
        let changes = self.take(Genre::BinaryOperator, operator.start());
        let is = operator.source_text().unwrap_or_default();
        match kind(&binary.op) {
            // `||` is never beside `let`.
            Some(Kind::Lazy) if has_let(&binary.left) || has_let(&binary.right) => {
                self.found.unviable.extend(changes.iter().map(|(id, _)| *id));
            }
            Some(kind) => self.add(kind, changes, binary.span(), Some((operator, is))),
            None => self.found.untried.extend(changes.iter().map(|(id, _)| *id)),
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        if let UnOp::Not(_) | UnOp::Neg(_) = unary.op {
            let operator = unary.op.span();
            let changes = self.take(Genre::UnaryOperator, operator.start());
            let is = operator.source_text().unwrap_or_default();
            self.add(Kind::Unary, changes, unary.span(), Some((operator, is)));
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, choice: &'ast syn::ExprMatch) {
        let takes_all =
            |arm: &syn::Arm| arm.guard.is_none() && matches!(arm.pat, syn::Pat::Wild(_));
        let takes_all = choice.arms.iter().any(takes_all);
        for arm in &choice.arms {
            self.arm(arm, takes_all);
        }
        visit::visit_expr_match(self, choice);
    }
}

impl Finder {
    /// An arm of a `match`, in which another arm takes whatever this one leaves.
    fn arm(&mut self, arm: &syn::Arm, takes_all: bool) {
        let deleted = self.take(Genre::MatchArm, arm.span().start());
        match &arm.guard {
            // Without it the arms might not cover everything.
            None if !takes_all => self.found.untried.extend(deleted.iter().map(|(id, _)| *id)),
            None => {
                let end = arm.pat.span().byte_range().end;
                self.found.sites.extend((!deleted.is_empty()).then(|| Site {
                    kind: Kind::Arm,
                    changes: deleted,
                    start: end,
                    end,
                    operator: end..end,
                    is: String::new(),
                }));
            }
            Some((_, guard)) => {
                let mut changes = self.take(Genre::MatchArmGuard, guard.span().start());
                let (outer, inner) = if has_let(guard) {
                    // It binds names, so that it cannot be left out.
                    let (fits, others) = changes.into_iter().partition(|(_, is)| is == "false");
                    changes = fits;
                    let others: Vec<(u32, String)> = others;
                    self.found.untried.extend(others.iter().map(|(id, _)| *id));
                    (Kind::LetGuardedArm, Kind::LetGuard)
                } else {
                    (Kind::GuardedArm, Kind::Guard)
                };
                self.add(outer, deleted, guard.span(), None);
                self.add(inner, changes, guard.span(), None);
            }
        }
    }
}

/// A file with its choices.
#[derive(Debug, Default)]
pub(super) struct Planted {
    pub(super) text: String,
    /// What of the text belongs to one change alone.
    pieces: Vec<(Range<usize>, u32)>,
    /// Where each place is in the text, and its changes.
    places: Vec<(Range<usize>, Vec<u32>)>,
}

/// The code that an error of the compiler is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// The change itself does not compile.
    Change(u32),
    /// The choice does not, whatever the changes are.
    Site(Vec<u32>),
    Nobody,
}

impl Planted {
    /// The code that an error at a place of the text is about.
    pub(super) fn blame(&self, at: &Range<usize>) -> Blame {
        if let Some((_, id)) =
            self.pieces.iter().find(|(piece, _)| piece.start <= at.start && at.start < piece.end)
        {
            return Blame::Change(*id);
        }
        let around =
            self.places.iter().filter(|(place, _)| place.start <= at.start && at.end <= place.end);
        match around.min_by_key(|(place, _)| place.len()) {
            Some((_, ids)) => Blame::Site(ids.clone()),
            None => Blame::Nobody,
        }
    }

    /// The changes whose places begin between two places of the text.
    pub(super) fn within(&self, range: &Range<usize>) -> Vec<u32> {
        let inside = self.places.iter().filter(|(place, _)| range.contains(&place.start));
        inside.flat_map(|(_, ids)| ids.iter().copied()).collect()
    }
}

/// A part of what is put somewhere.
enum Part {
    Text(String),
    /// What belongs to one change.
    Own(u32, String),
}

struct Edit {
    at: usize,
    remove: usize,
    /// What ends comes before what begins; of what begins, the outer one first; of what ends, the inner one.
    order: (u8, isize),
    parts: Vec<Part>,
    site: usize,
}

/// Plants the changes of a file, but for those that are dropped.
pub(super) fn plant(source: &str, sites: &[Site], dropped: &BTreeSet<u32>) -> Planted {
    let mut edits = Vec::new();
    let mut alive = Vec::new();
    for (order, site) in sites.iter().enumerate() {
        let changes: Vec<&(u32, String)> =
            site.changes.iter().filter(|(id, _)| !dropped.contains(id)).collect();
        if changes.is_empty() {
            continue;
        }
        alive.push((changes.iter().map(|(id, _)| *id).collect::<Vec<u32>>(), usize::MAX, 0));
        let mut edit = |at: usize, remove: usize, ends: bool, parts: Vec<Part>| {
            let nested = isize::try_from(order).unwrap_or(isize::MAX);
            let order = if ends { (0, -nested) } else { (1, nested) };
            edits.push(Edit { at, remove, order, parts, site: alive.len() - 1 });
        };
        site.edits(&changes, &mut edit);
    }
    edits.sort_by_key(|edit| (edit.at, edit.order));
    let mut planted = Planted::default();
    let mut done = 0;
    for edit in edits {
        planted.text.push_str(source.get(done..edit.at).unwrap_or_default());
        let (_, start, end) = &mut alive[edit.site];
        *start = (*start).min(planted.text.len());
        for part in edit.parts {
            match part {
                Part::Text(text) => planted.text.push_str(&text),
                Part::Own(id, text) => {
                    let from = planted.text.len();
                    planted.text.push_str(&text);
                    planted.pieces.push((from..planted.text.len(), id));
                }
            }
        }
        *end = planted.text.len();
        done = edit.at + edit.remove;
    }
    planted.text.push_str(source.get(done..).unwrap_or_default());
    planted.places = alive.into_iter().map(|(ids, start, end)| (start..end, ids)).collect();
    planted
}

fn chosen(id: u32) -> String {
    format!("crate::__mutants::is({id})")
}

impl Site {
    fn edits(
        &self,
        changes: &[&(u32, String)],
        edit: &mut impl FnMut(usize, usize, bool, Vec<Part>),
    ) {
        let text = |text: &str| vec![Part::Text(text.to_owned())];
        let none = |id: u32| format!("!{}", chosen(id));
        // `if … { change } else if … { change } else { as it is }`.
        let choice = |of: &dyn Fn(&str) -> String| {
            let mut parts = Vec::new();
            for (id, replacement) in changes {
                parts.push(Part::Text(format!("if {} {{ ", chosen(*id))));
                parts.push(Part::Own(*id, of(replacement)));
                parts.push(Part::Text(" } else ".to_owned()));
            }
            parts.push(Part::Text(format!("{{ {} }}", of(&self.is))));
            parts
        };
        let length = self.operator.len();
        let operator = self.operator.start;
        match self.kind {
            Kind::Body => {
                let mut parts = Vec::new();
                for (id, replacement) in changes {
                    parts.push(Part::Text(format!(" if {} {{ return ", chosen(*id))));
                    parts.push(Part::Own(*id, replacement.clone()));
                    parts.push(Part::Text("; }".to_owned()));
                }
                edit(self.start, 0, false, parts);
            }
            Kind::Lazy => {
                let id = changes[0].0;
                let is = chosen(id);
                edit(self.start, 0, false, text("(if ("));
                let middle = match self.is.as_str() {
                    "&&" => format!(") == {is} {{ {is} }} else {{ "),
                    _ => format!(") != {is} {{ !{is} }} else {{ "),
                };
                edit(operator, length, false, text(&middle));
                edit(self.end, 0, true, text(" })"));
            }
            Kind::Compare | Kind::Value | Kind::Assign => {
                let (open, left, right, star) = match self.kind {
                    Kind::Compare => ("(match &(", "&(", "*__r", "*"),
                    Kind::Assign => ("(match &mut (", "(", "__r", "*"),
                    _ => ("(match (", "(", "__r", ""),
                };
                edit(self.start, 0, false, text(open));
                edit(operator, length, false, text(&format!(") {{ __l => match {left}")));
                let mut parts = text(") { __r => ");
                parts.extend(choice(&|operator| format!("{star}__l {operator} {right}")));
                parts.push(Part::Text(" } })".to_owned()));
                edit(self.end, 0, true, parts);
            }
            Kind::Unary => {
                edit(operator, length, false, text("(match ("));
                let mut parts = text(") { __v => ");
                parts.extend(choice(&|operator| format!("{operator}__v")));
                parts.push(Part::Text(" })".to_owned()));
                edit(self.end, 0, true, parts);
            }
            Kind::Guard => {
                let mut open = "(".to_owned();
                for (id, replacement) in changes {
                    let _ = write!(open, "if {} {{ {replacement} }} else ", chosen(*id));
                }
                open.push('{');
                edit(self.start, 0, false, text(&open));
                edit(self.end, 0, true, text("})"));
            }
            Kind::LetGuard => {
                for (id, _) in changes {
                    edit(self.start, 0, false, text(&format!("{} && ", none(*id))));
                }
            }
            Kind::Arm => edit(self.start, 0, false, text(&format!(" if {} ", none(changes[0].0)))),
            Kind::GuardedArm => {
                edit(self.start, 0, false, text(&format!("{} && (", none(changes[0].0))));
                edit(self.end, 0, true, text(")"));
            }
            Kind::LetGuardedArm => {
                edit(self.start, 0, false, text(&format!("{} && ", none(changes[0].0))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Extent, Position};
    use super::*;

    /// The change at the first place of a text.
    fn listed(source: &str, genre: Genre, at: &str, replacement: &str) -> Listed {
        let before = &source[..source.find(at).unwrap()];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        Listed {
            file: "a.rs".to_owned(),
            genre,
            name: format!("a.rs:{line}:{column}: {at}"),
            replacement: replacement.to_owned(),
            span: Extent { start: Position { line, column } },
        }
    }

    fn planted(source: &str, changes: &[Listed], dropped: &[u32]) -> (Planted, Found) {
        let changes: Vec<(u32, &Listed)> = (1..).zip(changes).collect();
        let found = find(source, &changes).unwrap();
        let planted = plant(source, &found.sites, &dropped.iter().copied().collect());
        (planted, found)
    }

    #[test]
    fn changes_nest_and_repeat_nothing() {
        let source = "fn f() -> bool { a() && !b(é < x + 1) }";
        let changes = [
            listed(source, Genre::FnValue, "a()", "true"),
            listed(source, Genre::BinaryOperator, "&&", "||"),
            listed(source, Genre::UnaryOperator, "!", ""),
            listed(source, Genre::BinaryOperator, "<", ">"),
            listed(source, Genre::BinaryOperator, "<", "=="),
            listed(source, Genre::BinaryOperator, "+", "-"),
        ];
        let (all, found) = planted(source, &changes, &[]);
        assert!(found.untried.is_empty() && found.unviable.is_empty(), "{found:?}");
        syn::parse_file(&all.text).unwrap();
        for part in ["a()", "b(", "é", "x"] {
            assert_eq!(all.text.matches(part).count(), 1, "{part} in {}", all.text);
        }
        let is = |id| format!("crate::__mutants::is({id})");
        for id in 1..=6 {
            assert!(all.text.contains(&is(id)), "{id} in {}", all.text);
        }
        // What is dropped leaves the rest.
        let (some, _) = planted(source, &changes, &[1, 4]);
        syn::parse_file(&some.text).unwrap();
        assert!(
            !some.text.contains(&is(1))
                && !some.text.contains(&is(4))
                && some.text.contains(&is(5))
        );
        let (none, _) = planted(source, &changes, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(none.text, source);
    }

    #[test]
    fn arms_and_guards_are_changed_without_their_patterns() {
        let source =
            "fn f() { match x { A if b || c => 1, B if let Some(d) = e => 2, C => 3, _ => 4 } }";
        let changes = [
            listed(source, Genre::MatchArm, "A", ""),
            listed(source, Genre::MatchArmGuard, "b ||", "true"),
            listed(source, Genre::MatchArmGuard, "b ||", "false"),
            listed(source, Genre::MatchArmGuard, "let Some", "true"),
            listed(source, Genre::MatchArmGuard, "let Some", "false"),
            listed(source, Genre::MatchArm, "C", ""),
        ];
        let (planted, found) = planted(source, &changes, &[]);
        assert_eq!(found.untried, [4]);
        syn::parse_file(&planted.text).unwrap();
        let is = "crate::__mutants::is";
        let guard = format!(
            "A if !{is}(1) && ((if {is}(2) {{ true }} else if {is}(3) {{ false }} else {{b || c}})) =>"
        );
        assert!(planted.text.contains(&guard), "{}", planted.text);
        assert!(
            planted.text.contains(&format!("B if !{is}(5) && let Some(d) = e =>")),
            "{}",
            planted.text
        );
        assert!(planted.text.contains(&format!("C if !{is}(6)  =>")), "{}", planted.text);
    }

    #[test]
    fn what_is_constant_or_hidden_is_not_tried() {
        let source = "const A: bool = a == b; const fn f() -> bool { c < d } fn g() -> impl Fn() { h } fn i() { J { m } }";
        let changes = [
            listed(source, Genre::BinaryOperator, "==", "!="),
            listed(source, Genre::BinaryOperator, "<", ">"),
            listed(source, Genre::FnValue, "h", "x"),
            listed(source, Genre::StructField, "m", ""),
        ];
        let (planted, mut found) = planted(source, &changes, &[]);
        found.untried.sort_unstable();
        assert_eq!(found.untried, [1, 2, 3, 4]);
        assert_eq!(planted.text, source);
    }

    #[test]
    fn an_error_is_about_a_change_or_about_its_place() {
        let source = "fn f() { a == b }";
        let changes = [
            listed(source, Genre::BinaryOperator, "==", "!="),
            listed(source, Genre::BinaryOperator, "==", "<"),
        ];
        let (planted, _) = planted(source, &changes, &[]);
        let at = |text: &str| {
            let start = planted.text.find(text).unwrap();
            planted.blame(&(start..start + text.len()))
        };
        assert_eq!(at("*__l < *__r"), Blame::Change(2));
        assert_eq!(at("*__l == *__r"), Blame::Site(vec![1, 2]));
        assert_eq!(at("b) {"), Blame::Site(vec![1, 2]));
        assert_eq!(at("fn f"), Blame::Nobody);
        assert_eq!(planted.within(&(0..planted.text.len())), [1, 2]);
    }
}
