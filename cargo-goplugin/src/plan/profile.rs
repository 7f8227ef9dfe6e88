//! Which way of building.

use super::ProfilePlan;
use super::select::unknown;
use crate::error::Result;
use crate::manifest::App;
use crate::vocab::ProfileName;

/// The profile taken when none is named.
const DEFAULT_PROFILE: &str = "release";

pub(super) fn choose<'w>(app: &'w App, wanted: Option<&str>) -> Result<ProfilePlan<'w>> {
    let wanted = wanted.unwrap_or(DEFAULT_PROFILE);
    let profiles = &app.build.profiles;
    let found = profiles.iter().find(|(name, _)| name.as_str() == wanted);
    let (name, settings) = found.ok_or_else(|| {
        let known = profiles.keys().map(ProfileName::as_str);
        unknown("profile", wanted, app.name.as_str(), known)
    })?;
    Ok(ProfilePlan { name, settings: *settings })
}

impl ProfilePlan<'_> {
    /// Whether it is the one taken when none is named.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.name.as_str() == DEFAULT_PROFILE
    }
}
