//! Which versions there are of a module: Go's answer, by the user's own settings for proxies.

use super::drift::{Drift, LockMode};
use super::{Context, file, modules, tools};
use crate::error::{Error, ErrorId, Result};
use crate::golang::{ListedModule, Session, VersionQuery};
use crate::plan::Plan;
use crate::toolchain::Tool;
use crate::vocab::{ModulePath, ModuleVersion};
use crate::world::Stage;

/// What each query chooses among the versions of its module, or why that is not to be known. Writes
/// nothing to the lock.
pub fn newest(
    cx: Context<'_>,
    plan: &Plan<'_>,
    wanted: &[(ModulePath, VersionQuery)],
) -> Result<Vec<Result<ModuleVersion>>> {
    if cx.world.network.is_offline() {
        return Err(Error::new(ErrorId::Offline, "could not ask which versions there are")
            .because("the network is off by `--offline` or `--frozen`")
            .hint("name a full version, such as `v1.2.3`"));
    }
    let files = file::Files::of(plan);
    let mut lock = files.read()?;
    let mut drift = Drift::new(LockMode::Update, plan, files.main());
    tools::settle(cx, plan, &mut lock, (Tool::Go, &[]), &mut drift)?;
    let go = modules::go(cx, &lock)?;
    // In a folder without a go.mod no module of the workspace has a say.
    let stage = Stage::new(&cx.store.folder("go"))?;
    let session = Session { world: cx.world, go: &go.program, store: cx.store, dir: stage.path() };
    ask(session, wanted)
}

/// Go stops at an answer that it cannot make sense of, and says nothing of the other modules then: so these are
/// asked about one by one.
fn ask(
    session: Session<'_>,
    wanted: &[(ModulePath, VersionQuery)],
) -> Result<Vec<Result<ModuleVersion>>> {
    match (session.query(wanted), wanted) {
        (Ok(listed), _) => {
            let answer = |(module, query): &(ModulePath, VersionQuery)| {
                let found = listed.iter().find(|listed| listed.path == module.as_str());
                version(module, query, found)
            };
            Ok(wanted.iter().map(answer).collect())
        }
        (Err(error), _) if error.id() != ErrorId::NoVersion => Err(error),
        (Err(error), [(module, query)]) => Ok(vec![Err(error.while_doing(unknown(module, query)))]),
        (Err(_), wanted) => {
            let answers = wanted.chunks(1).map(|wanted| ask(session, wanted));
            Ok(answers.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
        }
    }
}

fn unknown(module: &ModulePath, query: &VersionQuery) -> String {
    format!("could not find out which version of `{module}` is `{query}`")
}

fn version(
    module: &ModulePath,
    query: &VersionQuery,
    listed: Option<&ListedModule>,
) -> Result<ModuleVersion> {
    let why = match listed {
        Some(ListedModule { error: Some(error), .. }) => error.err.clone(),
        Some(listed) => match listed.version.parse() {
            Ok(version) => return Ok(version),
            Err(malformed) => malformed.to_string(),
        },
        None => "Go says nothing of it".to_owned(),
    };
    let error = Error::new(ErrorId::NoVersion, unknown(module, query)).because(why.trim_end());
    Err(error.hint(
        "a full version needs no list of them: name one, by `add MODULE@v1.2.3` or `update NAME --precise v1.2.3`",
    ))
}
