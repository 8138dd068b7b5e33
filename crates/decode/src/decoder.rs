//! Where files are decoded: in a sandbox, or, where somebody decided so, in the calling process.

use crate::sandbox::{Posture, Protection, Sandbox, SandboxError, Settings};

/// Where files are decoded.
#[derive(Debug)]
pub enum Decoder {
    /// Each in a process of its own that can do nothing else.
    Sandboxed(Box<Sandbox>),
    /// In the calling process, unprotected: for generated files, tests and benches, and where an operator asks for it.
    InProcess,
}

impl Decoder {
    /// A sandbox with those settings; no sandbox at all where no protection is required and there is none.
    ///
    /// # Errors
    /// [`SandboxError`] when the host gives less than is required.
    pub fn start(settings: Settings) -> Result<Self, SandboxError> {
        match Sandbox::start(settings) {
            Ok(sandbox) => Ok(Self::Sandboxed(Box::new(sandbox))),
            Err(_) if settings.required == Protection::None => Ok(Self::InProcess),
            Err(error) => Err(error),
        }
    }

    /// What protects decoding.
    pub const fn posture(&self) -> Posture {
        match self {
            Self::Sandboxed(sandbox) => sandbox.posture(),
            Self::InProcess => Posture::NONE,
        }
    }
}
