//! Expressions: what they may contain, and their value where facts are missing.

use std::collections::HashMap;
use std::sync::Arc;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::common::ast::{ListExpr, SourceInfo};
use cel::extractors::This;
use cel::{Context, Env, ExecutionError, Value};
use posture_core::control::Facts;
use posture_core::fact::{Fact, Gap, Known, NotOffered, in_words};
use posture_core::gap::GapId;
use posture_core::params::{self, Param};
use posture_core::provider::Provider;
use posture_core::resource::{FactId, Kind};
use posture_core::skew::TOLERANCE;
use posture_core::suggest::{did_you_mean, nearest};
use posture_core::time::Time;
use regex_lite::Regex;

/// Longer than any expression that can be reviewed.
const MAX_LENGTH: usize = 4096;
/// Parts of an expression: names, values, operators.
const MAX_NODES: usize = 500;
/// How deep parts may be nested.
const MAX_DEPTH: usize = 32;
/// How deeply brackets may nest: the parser needs much stack for each.
const MAX_BRACKETS: usize = 16;
/// Parsers, and the code that walks their result, recurse for each nested part. An expression that is too deep is
/// found where there is room for it.
const STACK: usize = 64 << 20;
/// How deep `all`, `exists`, `exists_one` and `filter` may be nested.
const MAX_LOOPS: u32 = 3;
/// Steps that the evaluation for one resource may take; some tenths of a second.
const MAX_COST: f64 = 1e6;

/// What is known of a resource besides its facts.
const OWN: &[&str] = &["id", "name", "provider", "region"];
/// The functions that may be called by name, and those that are called on something.
const FUNCTIONS: &[&str] = &[
    "all",
    "contains",
    "daysSince",
    "daysUntil",
    "double",
    "endsWith",
    "exists",
    "exists_one",
    "filter",
    "has",
    "int",
    "matches",
    "size",
    "startsWith",
    "string",
];
const OPERATORS: &[&str] = &[
    operators::ADD,
    operators::CONDITIONAL,
    operators::DIVIDE,
    operators::EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::IN,
    operators::INDEX,
    operators::LESS,
    operators::LESS_EQUALS,
    operators::LOGICAL_AND,
    operators::LOGICAL_NOT,
    operators::LOGICAL_OR,
    operators::MODULO,
    operators::MULTIPLY,
    operators::NEGATE,
    operators::NOT_EQUALS,
    operators::NOT_STRICTLY_FALSE,
    operators::SUBSTRACT,
];
const COMPARISONS: &[&str] = &[
    operators::EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::LESS,
    operators::LESS_EQUALS,
    operators::NOT_EQUALS,
];

/// What an expression may name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'n> {
    pub(crate) kind: Kind,
    pub(crate) params: &'n [Param],
    /// The providers that the control judges.
    pub(crate) providers: &'n [Provider],
}

/// Something wrong with an expression.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The line within the expression, counted from zero.
    pub(crate) line: usize,
    pub(crate) what: String,
}

/// What an expression is evaluated on.
pub(crate) struct World<'w> {
    pub(crate) facts: &'w dyn Facts,
    pub(crate) provider: Provider,
    pub(crate) now: Time,
    /// Why the time is unknown.
    pub(crate) time_unknown: Option<GapId>,
    /// The thresholds by their names.
    pub(crate) params: &'w [(&'static str, params::Value)],
}

/// A question that is answered by yes or no.
///
/// "And", "or", "not" and "if" are evaluated here, so that they follow the rule of [`Fact`]: one certain no decides an
/// "and", one certain yes an "or", whatever else could not be read. What is left are questions that need every fact that
/// they name.
#[derive(Debug)]
pub(crate) struct Expression {
    node: Node,
    env: Interpreter,
}

#[derive(Debug)]
enum Node {
    Sure(bool),
    Not(Box<Node>),
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    If(Box<[Node; 3]>),
    Ask(Box<Question>),
}

/// What is left to the interpreter.
#[derive(Debug)]
struct Question {
    expr: IdedExpr,
    /// The facts that it names.
    reads: Vec<&'static str>,
    /// What it names besides: `id`, `name`, `provider`, `region`.
    own: Vec<&'static str>,
    nodes: usize,
    loops: u32,
    /// How often lists are put together, and the longest that is written down.
    joins: usize,
    written: usize,
}

/// The interpreter's functions.
struct Interpreter {
    env: Arc<Env>,
    patterns: Arc<HashMap<String, Regex>>,
}

impl std::fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interpreter").finish_non_exhaustive()
    }
}

/// A fact that decided, and what it was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) fact: &'static str,
    pub(crate) found: String,
}

/// Why a question has no answer.
enum Silence {
    NotOffered,
    Gap(GapId),
    /// Everything was known, and it still has no value.
    Failed(String),
}

impl Expression {
    /// Reads an expression, or lists everything that is wrong with it.
    pub(crate) fn new(text: &str, names: Names<'_>) -> Result<Self, Vec<Mistake>> {
        if text.len() > MAX_LENGTH {
            let what = format!("the expression is longer than {MAX_LENGTH} bytes");
            return Err(vec![Mistake { line: 0, what }]);
        }
        if brackets(text) > MAX_BRACKETS {
            let what = format!("brackets may be nested at most {MAX_BRACKETS} deep");
            return Err(vec![Mistake { line: 0, what }]);
        }
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let failed =
                |what: &str| vec![Mistake { line: 0, what: format!("cannot be read: {what}") }];
            match thread.spawn_scoped(scope, || Self::read(text, names)) {
                Ok(reading) => reading.join().unwrap_or_else(|_| Err(failed("the parser gave up"))),
                Err(error) => Err(failed(&error.to_string())),
            }
        })
    }

    fn read(text: &str, names: Names<'_>) -> Result<Self, Vec<Mistake>> {
        let env = Env::default().with_optional_support(false).with_stdlib();
        // The standard macros, which an environment without optional values does not include.
        let parser = Env::stdlib().with_optional_support(false).parser();
        let (root, source) = parser.parse_with_source_info(text).map_err(|errors| {
            // The first says what is wrong; the others follow from it.
            let first = errors.errors.into_iter().min_by_key(|error| (error.pos, error.msg.len()));
            let (line, what) = first.map_or((1, String::new()), |error| (error.pos.0, error.msg));
            let line = usize::try_from(line - 1).unwrap_or(0);
            vec![Mistake { line, what: format!("not an expression: {}", unexpected(&what)) }]
        })?;
        // An expression that refers to the provider decides which facts it requests from which provider.
        let every = !root.references().has_variable("provider");
        let mut review = Review {
            names,
            every,
            source: &source,
            bound: Vec::new(),
            nodes: 0,
            patterns: HashMap::new(),
            mistakes: Vec::new(),
        };
        if depth(&root) > MAX_DEPTH {
            let what = format!("the expression is nested more than {MAX_DEPTH} deep");
            return Err(vec![Mistake { line: 0, what }]);
        }
        review.part(&root);
        if review.nodes > MAX_NODES {
            let what = format!("the expression has more than {MAX_NODES} parts");
            review.mistakes.push(Mistake { line: 0, what });
        }
        if !review.mistakes.is_empty() {
            return Err(review.mistakes);
        }
        let node = review.node(root);
        let (mut mistakes, patterns) = (review.mistakes, review.patterns);
        if mistakes.is_empty() {
            let env = Interpreter { env: Arc::new(env), patterns: Arc::new(patterns) };
            return Ok(Self { node, env });
        }
        mistakes.sort_by_key(|mistake| mistake.line);
        Err(mistakes)
    }

    /// The facts that it names.
    pub(crate) fn reads(&self) -> Vec<&'static str> {
        let mut all = Vec::new();
        self.node.each(&mut |question| all.extend(&question.reads));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The answer.
    pub(crate) fn ask(&self, world: &World<'_>) -> Fact<bool> {
        self.node.ask(&self.env, world)
    }

    /// The facts that made the answer what it is.
    pub(crate) fn seen(&self, world: &World<'_>) -> Vec<Seen> {
        let mut seen = Vec::new();
        self.node.seen(&self.env, world, &mut seen);
        seen
    }

    /// What kept the interpreter from an answer, although all was known.
    pub(crate) fn failures(&self, world: &World<'_>) -> Vec<String> {
        let mut all = Vec::new();
        self.node.failures(&self.env, world, &mut all);
        all
    }
}

impl Node {
    fn each<'n>(&'n self, work: &mut impl FnMut(&'n Question)) {
        match self {
            Self::Sure(_) => {}
            Self::Not(node) => node.each(work),
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().for_each(|node| node.each(work)),
            Self::If(nodes) => nodes.iter().for_each(|node| node.each(work)),
            Self::Ask(question) => work(question),
        }
    }

    fn ask(&self, env: &Interpreter, world: &World<'_>) -> Fact<bool> {
        match self {
            Self::Sure(answer) => Known(*answer),
            Self::Not(node) => !node.ask(env, world),
            Self::And(nodes) => {
                let [one, other] = &**nodes;
                match one.ask(env, world) {
                    Known(false) => Known(false),
                    one => one & other.ask(env, world),
                }
            }
            Self::Or(nodes) => {
                let [one, other] = &**nodes;
                match one.ask(env, world) {
                    Known(true) => Known(true),
                    one => one | other.ask(env, world),
                }
            }
            Self::If(nodes) => {
                let [condition, yes, no] = &**nodes;
                match condition.ask(env, world) {
                    Known(true) => yes.ask(env, world),
                    Known(false) => no.ask(env, world),
                    // Where both ways lead to the same, it does not matter which is taken.
                    silent => match (yes.ask(env, world), no.ask(env, world)) {
                        (Known(one), Known(other)) if one == other => Known(one),
                        _ => silent,
                    },
                }
            }
            Self::Ask(question) => match question.ask(env, world) {
                Ok(answer) => Known(answer),
                Err(Silence::NotOffered) => NotOffered,
                Err(Silence::Gap(gap)) => Gap(gap),
                Err(Silence::Failed(_)) => Gap(GapId::NO_ANSWER),
            },
        }
    }

    /// Gathers what keeps an answer from being there.
    fn failures(&self, env: &Interpreter, world: &World<'_>, all: &mut Vec<String>) {
        if matches!(self.ask(env, world), Known(_)) {
            return;
        }
        let mut each =
            |nodes: &[Self]| nodes.iter().for_each(|node| node.failures(env, world, all));
        match self {
            Self::Sure(_) => {}
            Self::Not(node) => node.failures(env, world, all),
            Self::And(nodes) | Self::Or(nodes) => each(&**nodes),
            Self::If(nodes) => each(&**nodes),
            Self::Ask(question) => {
                if let Err(Silence::Failed(why)) = question.ask(env, world) {
                    all.push(why);
                }
            }
        }
    }

    /// Gathers what decided an answer that is there.
    fn seen(&self, env: &Interpreter, world: &World<'_>, seen: &mut Vec<Seen>) {
        let answer = self.ask(env, world);
        if !matches!(answer, Known(_)) {
            return;
        }
        match self {
            Self::Sure(_) => {}
            Self::Not(node) => node.seen(env, world, seen),
            // Of an "and" that is false, the parts that are false; of one that is true, all.
            Self::And(nodes) | Self::Or(nodes) => {
                for node in nodes.iter().filter(|node| node.ask(env, world) == answer) {
                    node.seen(env, world, seen);
                }
            }
            Self::If(nodes) => {
                let [condition, yes, no] = &**nodes;
                condition.seen(env, world, seen);
                match condition.ask(env, world) {
                    Known(false) => no.seen(env, world, seen),
                    _ => yes.seen(env, world, seen),
                }
            }
            Self::Ask(question) => question.seen(world, seen),
        }
    }
}

impl Question {
    fn ask(&self, env: &Interpreter, world: &World<'_>) -> Result<bool, Silence> {
        let mut known = Vec::with_capacity(self.reads.len());
        let (mut gap, mut offered) = (None, true);
        for name in &self.reads {
            match world.facts.fact(name) {
                Some(Known(value)) => known.push((*name, value)),
                Some(NotOffered) => offered = false,
                Some(Gap(found)) => gap = gap.or(Some(found)),
                None => return Err(Silence::Failed(format!("unknown fact `{name}`"))),
            }
        }
        if let Some(gap) = gap {
            return Err(Silence::Gap(gap));
        }
        if !offered {
            return Err(Silence::NotOffered);
        }
        let subject = world.facts.subject();
        let mut size =
            Size { longest: self.written, text: subject.id.len().max(subject.name.len()) };
        for (_, value) in &known {
            size.grow(value);
        }
        for (_, value) in world.params {
            if let params::Value::Names(names) = value {
                size.longest = size.longest.max(names.len());
                size.text = names.iter().fold(size.text, |text, name| text.max(name.len()));
            }
        }
        if self.cost(size) > MAX_COST {
            return Err(Silence::Failed("it would take too many evaluation steps".to_owned()));
        }
        let context = env.context(world, known);
        match Value::resolve(&self.expr, &context) {
            Ok(Value::Bool(answer)) => Ok(answer),
            Ok(other) => Err(Silence::Failed(format!(
                "the result is {}, not true or false",
                other.type_of()
            ))),
            Err(error) => {
                let why = one_line(&error.to_string());
                Err(match world.time_unknown {
                    Some(gap) if why.contains(NO_TIME) => Silence::Gap(gap),
                    _ if why.contains(AHEAD) => Silence::Gap(GapId::AHEAD_OF_TIME),
                    _ => Silence::Failed(why),
                })
            }
        }
    }

    /// The most steps that it can take. A list within a fact is no longer than the longest there is, and the result of `filter`
    /// is no longer than its input; `+` joins two.
    fn cost(&self, size: Size) -> f64 {
        let length = (size.longest.max(1) * (self.joins + 1)) as f64;
        let text = 1.0 + (size.text * (self.joins + 1)) as f64 / 256.0;
        self.nodes as f64 * text * length.powi(i32::try_from(self.loops).unwrap_or(i32::MAX))
    }

    fn seen(&self, world: &World<'_>, seen: &mut Vec<Seen>) {
        for fact in &self.reads {
            if seen.iter().any(|known| known.fact == *fact) {
                continue;
            }
            if let Some(Known(value)) = world.facts.fact(fact) {
                seen.push(Seen { fact, found: in_words(&value) });
            }
        }
        for name in &self.own {
            if !seen.iter().any(|known| known.fact == *name) {
                seen.push(Seen { fact: name, found: own(name, world) });
            }
        }
    }
}

/// What is known of a resource besides its facts, in words.
fn own(name: &str, world: &World<'_>) -> String {
    let subject = world.facts.subject();
    match name {
        "id" => subject.id.to_owned(),
        "provider" => world.provider.id().to_owned(),
        "region" => subject.region.unwrap_or("none").to_owned(),
        _ => subject.name.to_owned(),
    }
}

/// How much there is to look at.
#[derive(Clone, Copy)]
struct Size {
    /// The length of the longest list.
    longest: usize,
    /// The bytes of the longest text.
    text: usize,
}

impl Size {
    fn grow(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.text = self.text.max(text.len()),
            serde_json::Value::Array(all) => {
                self.longest = self.longest.max(all.len());
                all.iter().for_each(|value| self.grow(value));
            }
            serde_json::Value::Object(all) => {
                self.longest = self.longest.max(all.len());
                for (key, value) in all {
                    self.text = self.text.max(key.len());
                    self.grow(value);
                }
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            }
        }
    }
}

impl Interpreter {
    fn context(
        &self,
        world: &World<'_>,
        known: Vec<(&'static str, serde_json::Value)>,
    ) -> Context<'static, 'static> {
        let mut context = Context::with_env(Arc::clone(&self.env));
        let subject = world.facts.subject();
        context.add_variable_from_value("id", subject.id);
        context.add_variable_from_value("name", subject.name);
        context.add_variable_from_value("provider", world.provider.id());
        context.add_variable_from_value("region", subject.region.map_or(Value::Null, Value::from));
        let params: HashMap<String, Value> =
            world.params.iter().map(|(name, value)| (variable(name), param_value(value))).collect();
        context.add_variable_from_value("params", params);
        for (name, fact) in known {
            context.add_variable_from_value(name, value(fact));
        }
        let (now, timeless) = (world.now, world.time_unknown.is_some());
        let days = move |text: &str| {
            let time: Time = text.parse().map_err(|_| "not a time")?;
            if timeless {
                return Err(NO_TIME);
            }
            Ok::<f64, &str>(time.until(now).as_secs_f64() / 86_400.0)
        };
        let since = move |text: Arc<String>| {
            let days = days(&text).and_then(|days| {
                let ahead = -days * 86_400.0 > TOLERANCE as f64;
                if ahead { Err(AHEAD) } else { Ok(days) }
            });
            days.map_err(|why| ExecutionError::function_error("daysSince", why))
        };
        let until = move |text: Arc<String>| {
            days(&text)
                .map(|days| -days)
                .map_err(|why| ExecutionError::function_error("daysUntil", why))
        };
        let patterns = Arc::clone(&self.patterns);
        let matches = move |This(text): This<Arc<String>>, pattern: Arc<String>| {
            patterns.get(&*pattern).map(|pattern| pattern.is_match(&text)).ok_or_else(|| {
                ExecutionError::function_error("matches", "the pattern is not a string literal")
            })
        };
        // None of these names is taken, as the tests show.
        let _ = context.add_function("daysSince", since);
        let _ = context.add_function("daysUntil", until);
        let _ = context.add_function("matches", matches);
        context
    }
}

/// Why an age has no value if the time of reading is unknown.
const NO_TIME: &str = "the time is not known";

/// Why what has not happened yet has no age.
const AHEAD: &str = "the time is in the future; use `daysUntil`";

/// The name of a threshold as a variable: `max-age-days` would be two differences.
fn variable(name: &str) -> String {
    name.replace('-', "_")
}

fn param_value(value: &params::Value) -> Value {
    match value {
        params::Value::Number(number) => Value::Int(i64::from(*number)),
        params::Value::Names(names) => {
            Value::from(names.iter().map(|name| Value::from(name.as_str())).collect::<Vec<_>>())
        }
    }
}

fn value(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(is) => Value::Bool(is),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => Value::Int(number),
            (None, number) => Value::Float(number.unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Array(all) => {
            Value::from(all.into_iter().map(value).collect::<Vec<_>>())
        }
        serde_json::Value::Object(all) => Value::from(
            all.into_iter().map(|(key, json)| (key, value(json))).collect::<HashMap<_, _>>(),
        ),
    }
}

/// A text in one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the parser stumbled over, in words.
fn unexpected(message: &str) -> String {
    if message.contains("Recursion limit") {
        return "it is nested too deep".to_owned();
    }
    if let Some((missing, _)) =
        message.split_once("missing '").and_then(|(_, rest)| rest.split_once('\''))
    {
        return format!("`{}` is missing", one_line(missing));
    }
    let starts = [
        "mismatched input ",
        "extraneous input ",
        "no viable alternative at input ",
        "token recognition error at: ",
    ];
    let found =
        starts.into_iter().find_map(|start| message.split_once(start)).map(|(_, rest)| rest);
    let Some(found) = found.map(|rest| rest.split(" expecting ").next().unwrap_or(rest)) else {
        return one_line(message);
    };
    let found = one_line(found.trim_matches('\'').trim());
    let meant = match found.as_str() {
        "<EOF>" => return "something is missing at its end".to_owned(),
        "and" => "; did you mean `&&`?",
        "or" => "; did you mean `||`?",
        "not" => "; did you mean `!`?",
        "=" => "; did you mean `==`?",
        _ => "",
    };
    format!("`{found}` is not expected here{meant}")
}

/// Checks an expression before it is evaluated.
struct Review<'r> {
    names: Names<'r>,
    /// Whether each fact is requested from every provider that the control judges.
    every: bool,
    source: &'r SourceInfo,
    /// The names of loop variables.
    bound: Vec<String>,
    nodes: usize,
    patterns: HashMap<String, Regex>,
    mistakes: Vec<Mistake>,
}

impl Review<'_> {
    fn mistake(&mut self, at: &IdedExpr, what: impl Into<String>) {
        let start = self.source.offset_for(at.id).map_or(0, |(start, _)| start as usize);
        let line = self.source.source.chars().take(start).filter(|c| *c == '\n').count();
        self.mistakes.push(Mistake { line, what: what.into() });
    }

    /// The fact of a bare name.
    fn fact(&self, expr: &IdedExpr) -> Option<&'static str> {
        let Expr::Ident(name) = &expr.expr else { return None };
        if self.bound.contains(name) {
            return None;
        }
        self.names.kind.facts().iter().map(|fact| fact.name).find(|fact| fact == name)
    }

    /// Checks a part, and everything in it, for what is allowed.
    fn part(&mut self, expr: &IdedExpr) {
        self.nodes += 1;
        match &expr.expr {
            Expr::Literal(LiteralValue::Bytes(_)) => self.mistake(expr, "bytes are not supported"),
            Expr::Literal(_) => {}
            Expr::Ident(name) => self.name(expr, name),
            Expr::Select(select) => {
                if let Expr::Ident(name) = &select.operand.expr
                    && name == "params"
                    && !self.bound.contains(name)
                {
                    self.nodes += 1;
                    self.param(expr, &select.field);
                } else {
                    self.part(&select.operand);
                }
            }
            Expr::Call(call) => self.call(expr, call),
            Expr::List(ListExpr { elements, .. }) => {
                for element in elements {
                    self.part(element);
                    // What is put together in a loop grows with each turn.
                    if !self.bound.is_empty() && !matches!(element.expr, Expr::Literal(_)) {
                        self.mistake(element, "a list inside a loop may contain only literals");
                    }
                }
            }
            Expr::Comprehension(of) => self.comprehension(expr, of),
            Expr::Map(_) | Expr::Struct(_) => {
                self.mistake(expr, "maps and messages cannot be constructed here")
            }
            Expr::Unspecified => self.mistake(expr, "something is missing"),
        }
    }

    fn name(&mut self, expr: &IdedExpr, name: &str) {
        let kind = self.names.kind;
        if let Some(fact) = self.fact(expr) {
            return self.offered(expr, FactId { kind, name: fact });
        }
        if self.bound.iter().any(|bound| bound == name) || OWN.contains(&name) {
            return;
        }
        if name == "params" {
            return self.mistake(expr, "write a parameter as `params.NAME`");
        }
        let known = kind.facts().iter().map(|fact| fact.name).chain(OWN.iter().copied());
        let what = format!(
            "`{name}` is not a fact of {}{}",
            article(kind.one()),
            guess(&nearest(name, known))
        );
        self.mistake(expr, what);
    }

    /// A fact that a provider does not offer would leave each of its resources without a verdict.
    fn offered(&mut self, expr: &IdedExpr, fact: FactId) {
        let lacks = |provider: &&Provider| !fact.is_offered_by(**provider);
        let lacking: Vec<&Provider> = self.names.providers.iter().filter(lacks).collect();
        let all = lacking.len() == self.names.providers.len();
        if let Some(provider) = lacking.first()
            && (all || self.every)
        {
            let remedy = if all {
                String::new()
            } else {
                format!("; test `provider` first, or remove `[remediation.{}]`", provider.id())
            };
            self.mistake(expr, format!("{provider} does not offer `{}`{remedy}", fact.name));
        }
    }

    fn param(&mut self, expr: &IdedExpr, name: &str) {
        let known: Vec<String> =
            self.names.params.iter().map(|param| variable(param.name())).collect();
        if !known.iter().any(|known| known == name) {
            let near = nearest(name, known.iter().map(String::as_str));
            self.mistake(expr, format!("unknown parameter `{name}`{}", guess(&near)));
        }
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr) {
        let name = call.func_name.as_str();
        if !FUNCTIONS.contains(&name) && !OPERATORS.contains(&name) {
            let near = nearest(name, FUNCTIONS.iter().copied());
            self.mistake(expr, format!("unknown function `{name}`{}", guess(&near)));
            return;
        }
        for part in call.target.as_deref().into_iter().chain(&call.args) {
            self.part(part);
        }
        if name == operators::ADD && self.bound.iter().any(|name| !name.starts_with('@')) {
            self.mistake(
                expr,
                "`+` is not allowed in loops, where its result could grow without limit",
            );
        }
        if name == "matches" {
            self.pattern(expr, call);
        }
        if let Some(fact) = call.args.first().and_then(|arg| self.fact(arg))
            && (name == "daysSince" || name == "daysUntil")
        {
            self.can_be(expr, fact, "2026-01-01T00:00:00Z".into());
        }
        let [one, other] = call.args.as_slice() else { return };
        if COMPARISONS.contains(&name) {
            for (fact, literal) in [(one, other), (other, one)] {
                if let (Some(fact), Expr::Literal(literal)) = (self.fact(fact), &literal.expr) {
                    self.literal(expr, fact, literal);
                }
            }
        }
        if let (operators::IN, Some(fact), Expr::List(list)) = (name, self.fact(one), &other.expr) {
            for element in &list.elements {
                if let Expr::Literal(literal) = &element.expr {
                    self.literal(element, fact, literal);
                }
            }
        }
    }

    /// Checks that a fact is compared with a value that it can have: with a misspelled value it would never be equal.
    fn literal(&mut self, expr: &IdedExpr, fact: &'static str, literal: &LiteralValue) {
        let value = match literal {
            LiteralValue::Boolean(is) => (*is.inner()).into(),
            LiteralValue::Double(number) => (*number.inner()).into(),
            LiteralValue::Int(number) => (*number.inner()).into(),
            LiteralValue::UInt(number) => (*number.inner()).into(),
            LiteralValue::String(text) => text.inner().into(),
            LiteralValue::Null => serde_json::Value::Null,
            LiteralValue::Bytes(_) => return,
        };
        self.can_be(expr, fact, value);
    }

    fn can_be(&mut self, expr: &IdedExpr, fact: &'static str, value: serde_json::Value) {
        let shown = value.to_string();
        if let Err(why) = self.names.kind.accepts(fact, value) {
            self.mistake(expr, format!("`{fact}` cannot be {shown}: {why}"));
        }
    }

    fn pattern(&mut self, expr: &IdedExpr, call: &CallExpr) {
        let Some(Expr::Literal(LiteralValue::String(pattern))) =
            call.args.last().map(|arg| &arg.expr)
        else {
            return self.mistake(expr, "the pattern of `matches` must be a string literal");
        };
        match Regex::new(pattern.inner()) {
            Ok(regex) => {
                self.patterns.insert(pattern.inner().to_owned(), regex);
            }
            Err(error) => {
                self.mistake(expr, format!("invalid pattern: {}", one_line(&error.to_string())))
            }
        }
    }

    fn comprehension(&mut self, expr: &IdedExpr, of: &ComprehensionExpr) {
        self.part(&of.iter_range);
        let loops = self.bound.iter().filter(|name| !name.starts_with('@')).count() as u32;
        if loops >= MAX_LOOPS {
            self.mistake(expr, format!("loops may be nested at most {MAX_LOOPS} deep"));
        }
        let shown = self.names.kind.facts().iter().map(|fact| fact.name).chain(OWN.iter().copied());
        if shown.into_iter().chain(["params"]).any(|name| name == of.iter_var) {
            self.mistake(
                expr,
                format!(
                    "`{}` is already in use; choose another name for the loop variable",
                    of.iter_var
                ),
            );
        }
        // `map` makes lists that may be longer than any fact; `filter` only leaves out.
        if let Expr::List(_) = of.accu_init.expr
            && !keeps_elements(of)
        {
            self.mistake(
                expr,
                "`map` is not supported; use `all`, `exists`, `exists_one` or `filter`",
            );
            return;
        }
        let before = self.bound.len();
        self.bound.extend([of.iter_var.clone(), of.accu_var.clone()]);
        self.bound.extend(of.iter_var2.clone());
        if let Expr::List(_) = of.accu_init.expr {
            // The step of `filter` is generated; the condition is what was written.
            if let Expr::Call(step) = &of.loop_step.expr
                && let Some(condition) = step.args.first()
            {
                self.part(condition);
            }
        } else if let Expr::Call(step) = &of.loop_step.expr {
            // So with `exists_one`, which counts by `+`.
            let counts = step.func_name == operators::CONDITIONAL;
            for arg in step.args.iter().take(if counts { 1 } else { usize::MAX }) {
                self.part(arg);
            }
        }
        self.bound.truncate(before);
    }

    /// Splits "and", "or", "not" and "if".
    fn node(&mut self, expr: IdedExpr) -> Node {
        if let Expr::Literal(LiteralValue::Boolean(is)) = &expr.expr {
            return Node::Sure(*is.inner());
        }
        let CallExpr { func_name, target, args } = match expr.expr {
            Expr::Call(call) if call.target.is_none() => call,
            other => return self.question(IdedExpr { id: expr.id, expr: other }),
        };
        let args = match func_name.as_str() {
            operators::LOGICAL_NOT => match <[IdedExpr; 1]>::try_from(args) {
                Ok([one]) => return Node::Not(Box::new(self.node(one))),
                Err(args) => args,
            },
            name @ (operators::LOGICAL_AND | operators::LOGICAL_OR) => {
                match <[IdedExpr; 2]>::try_from(args) {
                    Ok(two) => {
                        let nodes = Box::new(two.map(|one| self.node(one)));
                        let and = name == operators::LOGICAL_AND;
                        return if and { Node::And(nodes) } else { Node::Or(nodes) };
                    }
                    Err(args) => args,
                }
            }
            operators::CONDITIONAL => match <[IdedExpr; 3]>::try_from(args) {
                Ok(three) => return Node::If(Box::new(three.map(|one| self.node(one)))),
                Err(args) => args,
            },
            _ => args,
        };
        let call = Expr::Call(CallExpr { func_name, target, args });
        self.question(IdedExpr { id: expr.id, expr: call })
    }

    fn question(&mut self, expr: IdedExpr) -> Node {
        if let Some(fact) = self.fact(&expr) {
            self.can_be(&expr, fact, true.into());
        } else if !may_be_bool(&expr.expr) {
            self.mistake(&expr, "this is not a Boolean expression");
        }
        let mut tally = Tally::default();
        tally.part(&expr, 0);
        let references = expr.references();
        let facts = self.names.kind.facts().iter().map(|fact| fact.name);
        // A loop cannot take the name of a fact, so that each such name is one.
        let reads = facts.filter(|fact| references.has_variable(fact)).collect();
        let named = OWN.iter().copied().filter(|name| references.has_variable(name));
        // A fact of one of these names is that fact.
        let own = named.filter(|name| !self.names.kind.facts().iter().any(|f| f.name == *name));
        let own = own.collect();
        drop(references);
        let Tally { nodes, loops, joins, written } = tally;
        Node::Ask(Box::new(Question { expr, reads, own, nodes, loops, joins, written }))
    }
}

/// How deep brackets are nested, outside of texts.
fn brackets(text: &str) -> usize {
    let (mut deep, mut deepest, mut before) = (0_usize, 0, ' ');
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let quote = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| rest.starts_with(quote));
        rest = match (quote, first) {
            (Some(quote), _) => {
                behind(&rest[quote.len()..], quote, before.eq_ignore_ascii_case(&'r'))
            }
            (None, '/') if rest.starts_with("//") => {
                rest.split_once('\n').map_or("", |(_, rest)| rest)
            }
            (None, _) => {
                match first {
                    '(' | '[' | '{' => deep += 1,
                    ')' | ']' | '}' => deep = deep.saturating_sub(1),
                    _ => {}
                }
                deepest = deepest.max(deep);
                &rest[first.len_utf8()..]
            }
        };
        before = first;
    }
    deepest
}

/// What comes behind the end of a text. A raw one knows no escapes.
fn behind<'t>(text: &'t str, quote: &str, raw: bool) -> &'t str {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix(quote) {
            return behind;
        }
        let skipped = if first == '\\' && !raw {
            rest.chars().take(2).map(char::len_utf8).sum()
        } else {
            first.len_utf8()
        };
        rest = &rest[skipped..];
    }
    ""
}

/// How deep parts are nested.
fn depth(expr: &IdedExpr) -> usize {
    let deepest = |parts: &mut dyn Iterator<Item = &IdedExpr>| parts.map(depth).max().unwrap_or(0);
    1 + match &expr.expr {
        Expr::Call(call) => deepest(&mut call.target.as_deref().into_iter().chain(&call.args)),
        Expr::Select(select) => depth(&select.operand),
        Expr::List(list) => deepest(&mut list.elements.iter()),
        Expr::Comprehension(of) => {
            let parts = [&of.iter_range, &of.accu_init, &of.loop_cond, &of.loop_step, &of.result];
            deepest(&mut parts.into_iter())
        }
        // Neither is allowed.
        Expr::Map(_) | Expr::Struct(_) => 0,
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => 0,
    }
}

/// Whether a loop that makes a list puts nothing into it but what it goes through.
fn keeps_elements(of: &ComprehensionExpr) -> bool {
    let Expr::Call(step) = &of.loop_step.expr else { return false };
    let [_, Some(Expr::Call(add))] =
        [step.args.first(), step.args.get(1)].map(|arg| arg.map(|arg| &arg.expr))
    else {
        return false;
    };
    let Some(Expr::List(list)) = add.args.get(1).map(|arg| &arg.expr) else { return false };
    matches!(list.elements.as_slice(), [IdedExpr { expr: Expr::Ident(name), .. }] if *name == of.iter_var)
}

/// Whether something that is not a fact may be true or false.
fn may_be_bool(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(_) | Expr::List(_) | Expr::Ident(_) => false,
        Expr::Select(_) => true,
        Expr::Call(call) => {
            let name = call.func_name.as_str();
            COMPARISONS.contains(&name)
                || [operators::IN, operators::INDEX].contains(&name)
                || ["contains", "endsWith", "matches", "startsWith"].contains(&name)
        }
        Expr::Comprehension(of) => !matches!(of.accu_init.expr, Expr::List(_)),
        Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => false,
    }
}

/// What a question costs.
#[derive(Default)]
struct Tally {
    nodes: usize,
    loops: u32,
    joins: usize,
    written: usize,
}

impl Tally {
    fn part(&mut self, expr: &IdedExpr, loops: u32) {
        self.nodes += 1;
        self.loops = self.loops.max(loops);
        match &expr.expr {
            Expr::Call(call) => {
                self.joins += usize::from(call.func_name == operators::ADD);
                for part in call.target.as_deref().into_iter().chain(&call.args) {
                    self.part(part, loops);
                }
            }
            Expr::Select(select) => self.part(&select.operand, loops),
            Expr::List(list) => {
                self.written = self.written.max(list.elements.len());
                list.elements.iter().for_each(|element| self.part(element, loops));
            }
            Expr::Comprehension(of) => {
                self.part(&of.iter_range, loops);
                self.part(&of.loop_cond, loops + 1);
                self.part(&of.loop_step, loops + 1);
            }
            _ => {}
        }
    }
}

pub(crate) fn article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']) && !noun.starts_with("us");
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// A suggestion of what was meant, to follow what is wrong.
pub(crate) fn guess(nearest: &[&str]) -> String {
    did_you_mean(nearest).map(|guess| format!("; {guess}")).unwrap_or_default()
}
