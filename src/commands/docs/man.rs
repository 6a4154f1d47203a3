//! Man pages by clap_mangen.

use clap_mangen::Man;

use super::{built, visible};
use crate::error::{Error, Kind, Result};

/// All man pages: file name without `.1`, and content.
///
/// # Errors
/// A page is not text, which it always is.
pub fn pages() -> Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    collect(&built(), "podid", &mut pages)?;
    Ok(pages)
}

pub(super) fn page(name: &str) -> Result<String> {
    let found = pages()?.into_iter().find(|(page, _)| page == name);
    found.map(|(_, text)| text).ok_or_else(|| {
        Error::new(Kind::NotFound, format!("There is no man page `{name}`"))
            .hint("they are called like the commands: podid, podid-add, podid-role-grant")
            .target("--page")
    })
}

fn collect(command: &clap::Command, name: &str, pages: &mut Vec<(String, String)>) -> Result<()> {
    let mut buffer = Vec::new();
    let named = command.clone().display_name(name.to_owned());
    let unwritable = |error: &dyn std::fmt::Display| {
        Error::new(Kind::Failed, format!("Man page `{name}` could not be made"))
            .cause(error.to_string())
    };
    Man::new(named)
        .source(concat!("podid ", env!("CARGO_PKG_VERSION")))
        .render(&mut buffer)
        .map_err(|error| unwritable(&error))?;
    pages.push((
        name.to_owned(),
        String::from_utf8(buffer).map_err(|error| unwritable(&error))?,
    ));
    for sub in visible(command) {
        collect(sub, &format!("{name}-{}", sub.get_name()), pages)?;
    }
    Ok(())
}
