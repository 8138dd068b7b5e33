//! Systems other than Linux: there is no sandbox yet, and no pretence of one.

use std::convert::Infallible;
use std::fs::File;
use std::io;
use std::path::Path;

use super::{Posture, SandboxError, Settings};
use crate::request::{Contents, Request};
use crate::step::Watch;

/// Has no values here: [`Self::start`] always fails.
#[derive(Debug)]
pub struct Sandbox(Infallible);

/// Has no values here.
#[derive(Debug)]
pub struct Pending<'a>(Infallible, std::marker::PhantomData<&'a Sandbox>);

impl Sandbox {
    /// Fails, and says why.
    ///
    /// # Errors
    /// Always.
    pub fn start(_: Settings) -> Result<Self, SandboxError> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "there is one on Linux only").into())
    }

    /// As [`Self::start`].
    ///
    /// # Errors
    /// Always.
    pub fn start_program(_: &Path, settings: Settings) -> Result<Self, SandboxError> {
        Self::start(settings)
    }

    /// What protects the workers.
    pub const fn posture(&self) -> Posture {
        match self.0 {}
    }

    /// Gives an item to a worker.
    ///
    /// # Errors
    /// None: there is no such sandbox.
    pub fn begin<'a>(&'a self, _: &'a File, _: u64, _: &Request) -> Result<Pending<'a>, SandboxError> {
        match self.0 {}
    }
}

impl Pending<'_> {
    /// Waits for the answer.
    pub fn finish(self) -> Contents {
        match self.0 {}
    }

    /// As [`Self::finish`].
    pub fn finish_watched(self, _: &mut Watch<'_>) -> Contents {
        match self.0 {}
    }
}
