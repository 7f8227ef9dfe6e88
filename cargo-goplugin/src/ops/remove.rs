//! Takes plugins out of an app.

use super::change::{self, Change, How, sets};
use super::session::{Session, Settings};
use crate::error::{Error, ErrorId, Result};
use crate::manifest::{App, ManifestText};
use crate::plan;
use crate::resolve::Anew;
use crate::vocab::PluginName;
use crate::world::World;
use crate::world::shell::{Event, PluginChanged};

/// Takes the entries out of the app's manifest, and out of the lists of its sets, and brings the lock up to
/// date. What is in folders stays there. Fails with all as it was.
pub fn remove(world: &World, settings: &Settings, names: &[String]) -> Result<()> {
    if !settings.request.sets.is_empty() {
        let what = "`remove` takes plugins out of the app, and so out of every set";
        return Err(Error::new(ErrorId::Usage, what)
            .hint("leave `--set` out, or change the set's list under `[sets]` by hand"));
    }
    // A folder that is gone already is no reason to keep its entry.
    let mut settings = settings.clone();
    settings.locate.leaving = names.to_vec();
    let session = Session::open(world, &settings)?;
    change::refuse_one_plugin(&session)?;
    let plan = change::plan(&session, &settings)?;
    let app = plan.app;
    let mut change = Change::begin(&session, &settings, app)?;
    let names = Error::every(names.iter().map(|name| known(&change.text, app, name)))?;
    for name in names {
        let from = change.text.remove(&name);
        let and =
            if from.is_empty() { String::new() } else { format!(" and from its {}", sets(&from)) };
        world.shell.status("Removing", format_args!("{name} from plugins of {}{and}", app.name));
        world.shell.event(|| {
            Event::PluginChanged(PluginChanged {
                app: app.name.to_string(),
                name: name.to_string(),
                change: "removed".to_owned(),
                version: None,
            })
        });
    }
    let shown = change.shown().to_owned();
    let how = How { mode: settings.lock_mode, anew: Anew::default(), new: None };
    change.finish(how).map_err(|error| {
        error.while_doing(format!("could not remove the plugins; `{shown}` is left as it was"))
    })?;
    Ok(())
}

fn known(manifest: &ManifestText, app: &App, name: &str) -> Result<PluginName> {
    let known = manifest.plugins().find(|plugin| *plugin == name);
    known
        .and_then(|name| name.parse().ok())
        .ok_or_else(|| plan::unknown("plugin", name, app.name.as_str(), manifest.plugins()))
}
