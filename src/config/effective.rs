//! The configuration as it is in force: a file that could be loaded again, with the origin of what was set, secrets masked.

use std::fmt::Write;

use super::load::Loaded;
use super::raw::PROPERTIES;
use super::report::Origin;
use super::settings::SETTINGS;

impl Loaded {
    /// Every setting with its value, and beside it where the value comes from when it is not the default.
    pub fn effective(&self) -> String {
        let mut text = String::new();
        let mut section = "";
        for setting in SETTINGS {
            let (of, name) = setting.path().rsplit_once('.').unwrap_or(("", setting.path()));
            if section == "kafka" && of != "kafka" {
                self.write_properties(&mut text);
            }
            if of != section {
                let gap = if section.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "{gap}[{of}]");
                section = of;
            }
            self.write(&mut text, setting.path(), name, &setting.show(&self.config));
        }
        text
    }

    fn write_properties(&self, text: &mut String) {
        let properties = &self.config.kafka.properties;
        if properties.shown().next().is_none() {
            return;
        }
        let _ = writeln!(text, "\n[{PROPERTIES}]");
        for (name, value) in properties.shown() {
            let path = format!("{PROPERTIES}.{name}");
            let [name, value] = [name, value].map(|text| toml::Value::from(text).to_string());
            self.write(text, &path, &name, &value);
        }
    }

    fn write(&self, text: &mut String, path: &str, name: &str, value: &str) {
        let _ = match self.origin(path) {
            Origin::Default => writeln!(text, "{name} = {value}"),
            origin => writeln!(text, "{name} = {value}  # {origin}"),
        };
    }
}
