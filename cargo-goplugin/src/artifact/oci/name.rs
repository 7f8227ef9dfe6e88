//! What images are called.

/// What an image is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Such as `registry.example.com/acme/image-server`.
    pub repository: String,
    /// Such as `1.0.0`.
    pub tag: String,
}

impl Name {
    /// As `docker images` shows it.
    #[must_use]
    pub fn short(&self) -> String {
        format!("{}:{}", self.repository, self.tag)
    }

    /// Whether its repository names a registry, by Docker's rule.
    #[must_use]
    pub fn has_host(&self) -> bool {
        let host = self.repository.split_once('/').map(|(first, _)| first);
        host.is_some_and(|host| host.contains(['.', ':']) || host == "localhost")
    }

    /// As Docker and containerd complete a name without a host.
    pub(super) fn full(&self) -> String {
        match (self.has_host(), self.repository.contains('/')) {
            (true, _) => self.short(),
            (false, true) => format!("docker.io/{}", self.short()),
            (false, false) => format!("docker.io/library/{}", self.short()),
        }
    }
}
