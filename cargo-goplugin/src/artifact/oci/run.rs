//! How a container is run: what the app's manifest says, over what the base image says, over what is usual.

use std::collections::HashMap;

use oci_spec::image::Config;

use super::base::BaseImage;
use super::spec::Settings;

/// Where programs are searched.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Who the program runs as unless somebody says otherwise: nobody that a host knows, with a home of its own.
pub(super) const NONROOT: &str = "65532:65532";

/// Puts it together. `program` is the app's first, and `labels` are those of this image.
pub(super) fn run(
    settings: &Settings,
    program: &str,
    labels: HashMap<String, String>,
    base: Option<&BaseImage>,
) -> Config {
    let base = base.map(|base| base.config.clone()).unwrap_or_default();
    let entrypoint =
        some(&settings.entrypoint).unwrap_or_else(|| vec![format!("/usr/bin/{program}")]);
    let mut all_labels = base.labels().clone().unwrap_or_default();
    all_labels.extend(labels);
    let first = |own: &Option<String>, other: &Option<String>| {
        let of_base = || other.clone().filter(|text| !text.is_empty());
        own.clone().or_else(of_base)
    };
    let user = first(&settings.user, base.user());
    let working_dir = first(&settings.working_dir, base.working_dir());
    let mut config = Config::default();
    config
        .set_user(Some(user.unwrap_or_else(|| NONROOT.to_owned())))
        .set_exposed_ports(both(base.exposed_ports().as_ref(), &settings.ports))
        .set_env(Some(env(settings, base.env().as_ref())))
        .set_entrypoint(Some(entrypoint))
        .set_cmd(some(&settings.cmd))
        .set_volumes(both(base.volumes().as_ref(), &settings.volumes))
        .set_working_dir(Some(working_dir.unwrap_or_else(|| "/".to_owned())))
        .set_labels(Some(all_labels))
        .set_stop_signal(first(&settings.stop_signal, base.stop_signal()));
    config
}

fn some(list: &[String]) -> Option<Vec<String>> {
    Some(list.to_vec()).filter(|list| !list.is_empty())
}

fn both(base: Option<&Vec<String>>, own: &[String]) -> Option<Vec<String>> {
    let mut all = base.cloned().unwrap_or_default();
    all.extend_from_slice(own);
    all.sort_unstable();
    all.dedup();
    some(&all)
}

/// The variables: the base's that the manifest does not set, and then the manifest's.
fn env(settings: &Settings, base: Option<&Vec<String>>) -> Vec<String> {
    let name = |line: &str| line.split('=').next().unwrap_or_default().to_owned();
    let own = settings.env.iter().map(|(name, value)| format!("{name}={value}"));
    let base = base.into_iter().flatten().filter(|line| !settings.env.contains_key(&name(line)));
    let all: Vec<String> = base.cloned().chain(own).collect();
    let has_path = all.iter().any(|line| name(line) == "PATH");
    let path = (!has_path).then(|| PATH.to_owned());
    path.into_iter().chain(all).collect()
}
