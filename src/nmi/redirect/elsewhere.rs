//! The redirect on systems other than Linux: there is none. podid-nmi can be built and tried there.

mod cidr;
mod error;
// What only the rules read is read by nobody here.
#[allow(dead_code)]
mod options;

pub use self::cidr::Cidr;
pub use self::error::{Error, Result};
pub use self::options::{METADATA, Method, Options};

/// No redirect.
#[derive(Debug, Clone)]
pub struct Redirect(());

impl Redirect {
    /// Accepts [`Method::None`].
    ///
    /// # Errors
    /// [`Error::Options`] for every other method.
    pub fn new(options: Options) -> Result<Self> {
        options.check()?;
        match options.method {
            Method::None => Ok(Redirect(())),
            Method::Nftables | Method::Iptables => {
                Err(Error::Options("it exists on Linux only".to_owned()))
            }
        }
    }

    /// Does nothing.
    ///
    /// # Errors
    /// Never.
    #[allow(clippy::unused_async)] // as on Linux
    pub async fn install(&self) -> Result<()> {
        Ok(())
    }

    /// Waits for `stop`.
    ///
    /// # Errors
    /// Never.
    pub async fn watch(&self, stop: impl Future<Output = ()>) -> Result<()> {
        stop.await;
        Ok(())
    }

    /// Does nothing.
    ///
    /// # Errors
    /// Never.
    #[allow(clippy::unused_async)] // as on Linux
    pub async fn verify(&self) -> Result<()> {
        Ok(())
    }

    /// Does nothing.
    ///
    /// # Errors
    /// Never.
    #[allow(clippy::unused_async)] // as on Linux
    pub async fn cleanup(&self) -> Result<bool> {
        Ok(false)
    }

    /// Always: nothing is wanted.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        true
    }

    /// Never.
    #[must_use]
    pub fn restored(&self) -> u64 {
        0
    }
}

/// Does nothing.
///
/// # Errors
/// Never.
#[allow(clippy::unused_async)] // as on Linux
pub async fn cleanup(_method: Method) -> Result<bool> {
    Ok(false)
}
