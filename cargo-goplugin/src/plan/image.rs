//! The image for several platforms that is asked for, and what that asks for in turn.

use super::Request;
use super::select::unknown;
use crate::artifact::oci::KIND;
use crate::error::{Error, ErrorId, Result};
use crate::manifest::App;
use crate::vocab::ImageName;

/// The image, and the request with what it brings.
pub(super) fn chosen<'w>(
    app: &'w App,
    request: &Request,
) -> Result<(Option<&'w ImageName>, Request)> {
    let mut request = request.clone();
    let Some(wanted) = &request.image else { return Ok((None, request)) };
    let known = app.images.keys().map(ImageName::as_str);
    let (name, image) = app
        .images
        .iter()
        .find(|(name, _)| name.as_str() == wanted)
        .ok_or_else(|| unknown("image", wanted, app.name.as_str(), known))?;
    if !request.targets.is_empty() || !request.artifacts.is_empty() {
        let what = format!("`--image {name}` names its targets and artifacts by itself");
        return Err(Error::new(ErrorId::Usage, what).hint("leave `--target` and `--artifact` out"));
    }
    request.targets = image.targets.iter().map(ToString::to_string).collect();
    request.artifacts = vec![KIND.to_owned()];
    if request.sets.is_empty() && request.plugins.is_none() {
        request.sets = image.set.iter().map(ToString::to_string).collect();
    }
    Ok((Some(name), request))
}
