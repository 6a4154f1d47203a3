//! Finds etcd and kube-apiserver, or builds them once with the Go toolchain.
//!
//! The versions are those of `tests/kubernetes/go.mod`, which is compiled in: an installed podid needs no
//! repository. The build goes to a folder named after the version and a hash of the pins, under a lock,
//! and appears there at once, so that processes that start together build once and never see half of it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::process::{Guarded, Program};
use crate::env;

const GO_MOD: &str = include_str!("../../tests/kubernetes/go.mod");
const GO_SUM: &str = include_str!("../../tests/kubernetes/go.sum");

/// The programs and the Go packages they are built from, the fast one first.
const PROGRAMS: [(&str, &str); 2] = [
    ("etcd", "go.etcd.io/etcd/server/v3"),
    ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
];

/// The packages whose variables answer `/version`.
const VERSION_PACKAGES: [&str; 2] = [
    "k8s.io/component-base/version",
    "k8s.io/client-go/pkg/version",
];

/// Told what takes long, one line each.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

/// Where the two programs are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    /// etcd.
    pub etcd: PathBuf,
    /// kube-apiserver.
    pub kube_apiserver: PathBuf,
}

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// `KUBEBUILDER_ASSETS`: a folder with both programs; nothing else is tried when it is set.
    pub assets: Option<PathBuf>,
    /// The cache folder.
    pub cache: Option<PathBuf>,
}

impl Places {
    /// The places that the environment names.
    #[must_use]
    pub fn from_environment() -> Places {
        let folder = |name: &str| env::read(name).map(PathBuf::from);
        let cache = folder(env::PODID_CACHE_DIR)
            .or_else(|| Some(folder(env::XDG_CACHE_HOME)?.join("podid")))
            .or_else(|| Some(folder(env::HOME)?.join(".cache/podid")));
        Places {
            assets: folder(env::KUBEBUILDER_ASSETS),
            cache,
        }
    }
}

/// The pinned Kubernetes version, for example `v1.34.4`.
#[must_use]
pub fn kubernetes_version() -> &'static str {
    let mut pins = GO_MOD.lines().map(str::trim);
    pins.find_map(|pin| {
        pin.strip_prefix("k8s.io/kubernetes ")
            .filter(|version| version.starts_with("v1."))
    })
    .unwrap_or_default()
}

/// Finds both programs; builds them when the cache has none, which takes minutes.
///
/// # Errors
/// When `KUBEBUILDER_ASSETS` lacks one, Go is missing, or the build fails.
pub async fn find(places: Places, progress: Progress) -> Result<Assets, Error> {
    // A thread of its own, not tokio's pool: the runtime would wait for it after Ctrl-C.
    let (done, result) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || done.send(find_now(&places, &progress)));
    result
        .await
        .unwrap_or_else(|_| Err(Error::io("build kube-apiserver")(broken())))
}

fn broken() -> std::io::Error {
    std::io::Error::other("the thread that built it ended early")
}

fn find_now(places: &Places, progress: &Progress) -> Result<Assets, Error> {
    if let Some(folder) = &places.assets {
        if let Some((program, _)) = PROGRAMS
            .iter()
            .find(|(name, _)| !folder.join(name).is_file())
        {
            return Err(Error::AssetMissing {
                program,
                folder: folder.clone(),
            });
        }
        return Ok(assets_in(folder));
    }
    let cache = places.cache.as_deref().ok_or(Error::NoCacheFolder)?;
    let name = folder_name();
    let folder = cache.join(&name);
    if !folder.is_dir() {
        build_once(cache, &name, progress)?;
    }
    Ok(assets_in(&folder))
}

fn assets_in(folder: &Path) -> Assets {
    Assets {
        etcd: folder.join("etcd"),
        kube_apiserver: folder.join("kube-apiserver"),
    }
}

/// The version and the pins, so that a changed pin is built anew.
fn folder_name() -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in [GO_MOD, GO_SUM, &linker_flags()] {
        context.update(part.as_bytes());
    }
    let digest = context.finish();
    let hash = digest.as_ref()[..6]
        .iter()
        .fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    format!("kubernetes-{}-{hash}", kubernetes_version())
}

fn build_once(cache: &Path, name: &str, progress: &Progress) -> Result<(), Error> {
    fs::create_dir_all(cache).map_err(Error::path("create", cache))?;
    let lock_file = cache.join(format!("{name}.lock"));
    let lock = File::create(&lock_file).map_err(Error::path("open", &lock_file))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            progress("Waiting for another podid that builds kube-apiserver and etcd");
            lock.lock().map_err(Error::path("lock", &lock_file))?;
        }
        Err(TryLockError::Error(source)) => return Err(Error::path("lock", &lock_file)(source)),
    }
    let folder = cache.join(name);
    if folder.is_dir() {
        return Ok(());
    }
    let work = tempfile::Builder::new()
        .prefix(".building-")
        .tempdir_in(cache)
        .map_err(Error::path("create a folder in", cache))?;
    let output = work.path().join("bin");
    fs::create_dir(&output).map_err(Error::path("create", &output))?;
    for (file, content) in [("go.mod", GO_MOD), ("go.sum", GO_SUM)] {
        let path = work.path().join(file);
        fs::write(&path, content).map_err(Error::path("write", &path))?;
    }
    for (program, package) in PROGRAMS {
        let version = kubernetes_version();
        progress(&format!(
            "Building {program} for Kubernetes {version} (once, a few minutes)"
        ));
        build(program, package, work.path(), &output)?;
    }
    fs::rename(&output, &folder).map_err(Error::path("create", &folder))
}

fn build(program: &'static str, package: &str, work: &Path, output: &Path) -> Result<(), Error> {
    let go = find_go().ok_or(Error::GoMissing)?;
    let mut arguments: Vec<String> = ["build", "-trimpath", "-mod=readonly", "-buildvcs=false"]
        .map(String::from)
        .to_vec();
    arguments.extend(["-ldflags".into(), linker_flags(), "-o".into()]);
    arguments.extend([output.join(program).display().to_string(), package.into()]);
    let mut child = Guarded::start(Program {
        path: &go,
        arguments,
        // What a developer has set for other builds must not change this one.
        environment: vec![
            ("CGO_ENABLED", Some("0")),
            ("GOTOOLCHAIN", Some("local")),
            ("GOFLAGS", None),
            ("GOWORK", Some("off")),
            ("GOOS", None),
            ("GOARCH", None),
            ("GO111MODULE", None),
        ],
        folder: work,
        log: work.join("log"),
        remove: Some(work),
    })
    .map_err(Error::path("start", &go))?;
    let status = child.wait().map_err(Error::path("wait for", &go))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Build {
            program,
            log: child.log_tail(),
        })
    }
}

fn find_go() -> Option<PathBuf> {
    let path = env::read_os(env::PATH)?;
    let usual = [PathBuf::from("/usr/local/go/bin")];
    std::env::split_paths(&path)
        .chain(usual)
        .map(|folder| folder.join("go"))
        .find(|go| go.is_file())
}

fn linker_flags() -> String {
    let version = kubernetes_version();
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = (
        numbers.next().unwrap_or_default(),
        numbers.next().unwrap_or_default(),
    );
    let values = [
        ("gitVersion", version),
        ("gitMajor", major),
        ("gitMinor", minor),
        ("gitTreeState", "clean"),
    ];
    let mut flags = vec!["-s -w".to_owned()];
    for package in VERSION_PACKAGES {
        flags.extend(values.map(|(name, value)| format!("-X {package}.{name}={value}")));
    }
    flags.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent() -> Progress {
        Arc::new(|_| {})
    }

    #[test]
    fn the_version_is_the_pinned_one() {
        let version = kubernetes_version();
        assert!(version.starts_with("v1.3"), "{version}");
        assert!(GO_MOD.contains(&format!("k8s.io/kubernetes {version}\n")));
        let staging = version.replacen("v1.", "v0.", 1);
        assert!(GO_MOD.contains(&format!("k8s.io/api => k8s.io/api {staging}\n")));
        assert!(linker_flags().contains(&format!(
            "k8s.io/component-base/version.gitVersion={version}"
        )));
    }

    #[test]
    fn a_named_folder_must_hold_both() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            assets: Some(folder.path().to_owned()),
            cache: None,
        };
        fs::write(folder.path().join("etcd"), "").unwrap();
        let error = find_now(&places, &silent()).unwrap_err();
        assert!(
            matches!(
                error,
                Error::AssetMissing {
                    program: "kube-apiserver",
                    ..
                }
            ),
            "{error}"
        );
        fs::write(folder.path().join("kube-apiserver"), "").unwrap();
        assert_eq!(
            find_now(&places, &silent()).unwrap(),
            assets_in(folder.path())
        );
    }

    #[test]
    fn a_built_folder_is_used_again() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join(folder_name());
        fs::create_dir(&folder).unwrap();
        let places = Places {
            assets: None,
            cache: Some(cache.path().to_owned()),
        };
        assert_eq!(find_now(&places, &silent()).unwrap(), assets_in(&folder));
    }
}
