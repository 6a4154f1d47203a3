//! Child processes that never outlive their owner.
//!
//! Each child runs under a small shell that holds the read end of a pipe. The write end lives in the
//! owner alone (the standard library opens it close-on-exec), so the kernel closes it however the owner
//! ends, SIGKILL included. The shell then kills the child and removes the child's folder. Nothing is
//! lost by that: what the sandbox runs holds no state worth a clean shutdown.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

/// The shell around a child: `$1` is the folder to remove at the end (or empty), the rest the command.
///
/// The inner shell ignores SIGTERM once the pipe is closed, so that "was it told to end" and "did it end
/// by itself" cannot be confused: only the first removes the folder.
const GUARD: &str = r#"
folder=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
( while read -r _ <&3; do :; done; trap '' TERM; kill -KILL "$child" ) >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait "$child"; code=$?
exec >/dev/null 2>&1
kill "$guard"
if wait "$guard" && [ -n "$folder" ]; then rm -rf -- "$folder"; fi
exit "$code"
"#;

/// A program to start.
#[derive(Debug)]
pub(super) struct Program<'a> {
    /// The file to run.
    pub(super) path: &'a Path,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
    /// Variables set (`Some`) or removed (`None`).
    pub(super) environment: Vec<(&'static str, Option<&'a str>)>,
    /// Where it works.
    pub(super) folder: &'a Path,
    /// Where its output goes; kept after a failure, so that it can be shown.
    pub(super) log: PathBuf,
    /// The folder to remove when the owner ends or stops it.
    pub(super) remove: Option<&'a Path>,
}

/// A child that ends with its owner.
#[derive(Debug)]
pub(super) struct Guarded {
    shell: Child,
    /// Closing it kills the child. Not left in `shell`, whose `wait` would close it at once.
    pipe: Option<ChildStdin>,
    log: PathBuf,
}

impl Guarded {
    /// Starts `program` in a process group of its own: Ctrl-C reaches the owner only.
    pub(super) fn start(program: Program<'_>) -> io::Result<Guarded> {
        let output = File::create(&program.log)?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", GUARD, "sh"])
            .arg(program.remove.unwrap_or(Path::new("")))
            .arg(program.path)
            .args(program.arguments)
            .current_dir(program.folder)
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0);
        for (name, value) in program.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut shell = command.spawn()?;
        let pipe = shell.stdin.take();
        Ok(Guarded {
            shell,
            pipe,
            log: program.log,
        })
    }

    /// The status of a child that ended by itself.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.shell.try_wait().ok().flatten()
    }

    /// Waits for the child to end by itself.
    pub(super) fn wait(&mut self) -> io::Result<ExitStatus> {
        self.shell.wait()
    }

    /// Kills the child and waits until it is gone, its folder too.
    pub(super) fn stop(&mut self) {
        self.pipe.take();
        // An error would mean that it was waited for already.
        let _ = self.shell.wait();
    }

    /// The last lines of the log.
    pub(super) fn log_tail(&self) -> String {
        tail(&self.log, 4096)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The last whole lines of `file`, at most `limit` bytes.
pub(super) fn tail(file: &Path, limit: u64) -> String {
    let read = || -> io::Result<String> {
        let mut file = File::open(file)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(limit)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let cut = length > limit;
        let whole = if cut {
            text.split_once('\n').map_or("", |(_, rest)| rest)
        } else {
            &text
        };
        Ok(whole.trim_end().to_owned())
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn sleeper<'a>(folder: &'a Path, log: &Path, script: &str) -> Program<'a> {
        Program {
            path: Path::new("/bin/sh"),
            arguments: vec!["-c".into(), script.into()],
            environment: vec![("PODID_TEST", Some("set"))],
            folder,
            log: log.to_owned(),
            remove: Some(folder),
        }
    }

    fn until(what: &str, mut done: impl FnMut() -> bool) {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < Duration::from_secs(20), "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_stopped_child_is_gone_with_its_folder() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let script = "echo $$ >pid.new; mv pid.new pid; exec sleep 600";
        let mut child = Guarded::start(sleeper(folder.path(), log.path(), script)).unwrap();
        until("no pid", || folder.path().join("pid").exists());
        let pid = std::fs::read_to_string(folder.path().join("pid")).unwrap();
        let process = Path::new("/proc").join(pid.trim());
        assert!(process.exists());
        assert!(child.ended().is_none());
        child.stop();
        assert!(!process.exists());
        assert!(!folder.path().exists());
    }

    #[test]
    fn a_child_that_fails_leaves_its_status_and_log() {
        let log = tempfile::NamedTempFile::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let script = "echo one; echo $PODID_TEST >&2; exit 7";
        let mut child = Guarded::start(sleeper(folder.path(), log.path(), script)).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(7));
        assert_eq!(child.log_tail(), "one\nset");
        drop(child);
        assert!(folder.path().exists());
    }

    #[test]
    fn a_tail_starts_at_a_whole_line() {
        let log = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(log.path(), "first\nsecond\nthird\n").unwrap();
        assert_eq!(tail(log.path(), 10), "third");
        assert_eq!(tail(log.path(), 100), "first\nsecond\nthird");
    }
}
