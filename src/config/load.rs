//! From the sources to a valid [`Config`], or to the list of everything that is wrong.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use super::Config;
use super::checks;
use super::nearest::nearest;
use super::properties::{is_secret, refusal};
use super::raw::{Entry, Layers, PROPERTIES, Raw};
use super::report::{Origin, Problem, Problems};
use super::settings::SETTINGS;

/// The file that is read when no other is named and it is there.
const DEFAULT_FILE: &str = "config.toml";

/// A valid configuration, and where its values come from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    pub(super) origins: BTreeMap<String, Origin>,
}

impl Config {
    /// Reads the settings: `file` (or `./config.toml` when it is there) < `EXDATE__...` variables < `path=value` flags.
    ///
    /// # Errors
    ///
    /// Every problem of all sources; none of them shows a secret.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: &[String],
    ) -> Result<Loaded, Problems> {
        let mut layers = Layers::default();
        let default = Path::new(DEFAULT_FILE);
        if let Some(file) = file.or(default.exists().then_some(default)) {
            layers.add_file(file);
        }
        layers.add_environment(environment);
        layers.add_flags(flags);
        Reader::new(layers.problems).read(&layers.entries)
    }
}

impl Loaded {
    /// Where the value of a setting comes from.
    pub fn origin(&self, path: &str) -> Origin {
        self.origins.get(path).cloned().unwrap_or(Origin::Default)
    }
}

struct Reader {
    loaded: Loaded,
    problems: Vec<Problem>,
}

impl Reader {
    fn new(problems: Vec<Problem>) -> Reader {
        Reader { loaded: Loaded { config: Config::default(), origins: BTreeMap::new() }, problems }
    }

    fn read(mut self, entries: &[Entry]) -> Result<Loaded, Problems> {
        for entry in entries {
            match self.read_entry(entry) {
                Ok(()) => drop(self.loaded.origins.insert(entry.path.clone(), entry.origin.clone())),
                Err(message) => {
                    let (path, origin) = (entry.path.clone(), entry.origin.clone());
                    self.problems.push(Problem { path, origin, message });
                }
            }
        }
        self.check();
        if self.problems.is_empty() { Ok(self.loaded) } else { Err(Problems(self.problems)) }
    }

    fn read_entry(&mut self, entry: &Entry) -> Result<(), String> {
        if let Some(property) = entry.path.strip_prefix(PROPERTIES).and_then(|below| below.strip_prefix('.')) {
            return self.read_property(property, &entry.value);
        }
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.path() == entry.path) {
            let read = setting.read(&mut self.loaded.config, &entry.value);
            return read.map_err(|expected| format!("found {}, expected {expected}", entry.value));
        }
        if is_section(&entry.path) {
            return match entry.value {
                Raw::Other("an empty table") => Ok(()),
                _ => Err("expected a table of settings".into()),
            };
        }
        // The value is not shown: it may be a secret at a misspelt place.
        Err(match nearest(&entry.path) {
            Some(known) => format!("unknown setting, did you mean {known}?"),
            None => "unknown setting; config.toml has a line for each that there is".into(),
        })
    }

    fn read_property(&mut self, name: &str, value: &Raw) -> Result<(), String> {
        if let Some(reason) = refusal(name) {
            return Err(format!("refused: {reason}"));
        }
        let text = match value {
            Raw::Untyped(text) | Raw::Text(text) => text.clone(),
            Raw::Number(number) => number.to_string(),
            Raw::Flag(flag) => flag.to_string(),
            Raw::Other(kind) => return Err(format!("found {kind}, expected a string, a whole number or a boolean")),
        };
        if text.is_empty() && is_secret(name) {
            return Err("found nothing, expected a secret".into());
        }
        self.loaded.config.kafka.properties.insert(name, text);
        Ok(())
    }

    /// Checks what settings have to do with each other, where each of them is fine by itself.
    fn check(&mut self) {
        for check in checks::CHECKS {
            let is_broken = |path: &&str| self.problems.iter().any(|problem| problem.path == **path);
            if check.settings.iter().any(is_broken) {
                continue;
            }
            if let Some((path, message)) = (check.problem)(&self.loaded.config) {
                let origin = self.loaded.origin(path);
                self.problems.push(Problem { path: path.to_owned(), origin, message });
            }
        }
    }
}

/// `kafka`, `kafka.properties`, `dead_letters`, `dead_letters.breaker`.
fn is_section(path: &str) -> bool {
    let below = |known: &str| known.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    path == PROPERTIES || SETTINGS.iter().any(|setting| below(setting.path()))
}
