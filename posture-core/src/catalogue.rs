//! The controls that there are to choose from.

use crate::control::Control;
use crate::controls;
use crate::suggest::nearest;

/// The built-in controls, and those that were added to them.
///
/// No two have the same ID, so that an added control never replaces another.
#[derive(Clone, Debug)]
pub struct Catalogue(Vec<&'static Control>);

impl Default for Catalogue {
    /// The built-in controls.
    fn default() -> Self {
        Self(controls::ALL.to_vec())
    }
}

impl PartialEq for Catalogue {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&&Control, &&Control)| std::ptr::eq(*one, *other);
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

/// There is a control of this id already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a control `{0}` already exists")]
pub struct Taken(pub &'static str);

impl Catalogue {
    /// Every control, ordered by id.
    pub fn all(&self) -> &[&'static Control] {
        &self.0
    }

    /// Adds a control.
    ///
    /// # Errors
    /// When there is one of that id, in whatever case.
    pub fn add(&mut self, control: &'static Control) -> Result<(), Taken> {
        if let Some(known) = control.ids().find_map(|id| self.find(id)) {
            return Err(Taken(known.id));
        }
        let place = self.0.partition_point(|known| known.id < control.id);
        self.0.insert(place, control);
        Ok(())
    }

    /// The control of an id, or of one that it had before, without regard to case.
    pub fn find(&self, id: &str) -> Option<&'static Control> {
        let is_it = |control: &&Control| control.ids().any(|own| own.eq_ignore_ascii_case(id));
        self.0.iter().copied().find(is_it)
    }

    /// The same, where upper and lower case count.
    pub fn find_exact(&self, id: &str) -> Option<&'static Control> {
        self.find(id).filter(|control| control.ids().any(|own| own == id))
    }

    /// The control of an id in one line, as [`Control::headline`] gives it; none where the control is not one of these, as
    /// that of an old report may be.
    pub fn headline(&self, id: &str, fails: bool) -> Option<&'static str> {
        self.find(id).map(|control| control.headline(fails))
    }

    /// Whether a name is the id of a control, or an area with one in it.
    pub fn knows(&self, name: &str) -> bool {
        self.0.iter().any(|control| control.is_named(name))
    }

    /// Up to three IDs that a user may have meant.
    pub fn nearest_ids(&self, id: &str) -> Vec<&'static str> {
        nearest(id, self.0.iter().map(|control| control.id))
    }

    /// Up to three IDs and areas that a user may have meant.
    pub fn nearest(&self, name: &str) -> Vec<&'static str> {
        let mut known: Vec<&'static str> =
            self.0.iter().flat_map(|control| [control.id, control.area()]).collect();
        known.sort_unstable();
        known.dedup();
        nearest(name, known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::storage::versioning::CONTROL;

    #[test]
    fn nothing_takes_the_place_of_another() {
        let mut all = Catalogue::default();
        assert_eq!(all.add(&CONTROL), Err(Taken("storage.versioning")));
        let other: &'static Control =
            Box::leak(Box::new(Control { id: "Storage.Versioning", ..copy(&CONTROL) }));
        assert_eq!(all.add(other), Err(Taken("storage.versioning")));
        assert_eq!(all, Catalogue::default());
        let own: &'static Control =
            Box::leak(Box::new(Control { id: "storage.zzz", ..copy(&CONTROL) }));
        all.add(own).unwrap();
        assert!(all.all().is_sorted_by_key(|control| control.id));
        assert!(std::ptr::eq(all.find("storage.zzz").unwrap(), own));
        assert_ne!(all, Catalogue::default());
        // Nor does anything take an id that another had before.
        let life = crate::control::since("0.1.0").formerly(&["storage.versioning"]);
        let taking: &'static Control =
            Box::leak(Box::new(Control { id: "storage.yyy", life, ..copy(&CONTROL) }));
        assert_eq!(all.add(taking), Err(Taken("storage.versioning")));
        let life = crate::control::since("0.1.0").formerly(&["storage.former"]);
        let renamed: &'static Control =
            Box::leak(Box::new(Control { id: "storage.now", life, ..copy(&CONTROL) }));
        all.add(renamed).unwrap();
        assert_eq!(all.find("Storage.Former").unwrap().id, "storage.now");
        assert_eq!(all.find_exact("storage.former").unwrap().id, "storage.now");
        assert!(all.find_exact("Storage.Former").is_none());
        let taking: &'static Control =
            Box::leak(Box::new(Control { id: "storage.former", ..copy(&CONTROL) }));
        assert_eq!(all.add(taking), Err(Taken("storage.now")));
        assert!(all.knows("storage.former"));
        assert!(all.knows("storage") && all.knows("storage.*") && !all.knows("storag"));
    }

    fn copy(control: &Control) -> Control {
        Control { ..*control }
    }
}
