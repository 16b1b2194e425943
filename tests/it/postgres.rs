//! A PostgreSQL of the machine's own binaries in a temporary folder, reached by a socket there and by nothing else,
//! and gone with the value. Where there is none a test says that it skips; with CROSSFOOT_NO_SKIP that is a failure.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];

/// A server.
pub struct Postgres {
    bin: PathBuf,
    folder: TempDir,
    // Whom it runs as where this process is root, as whom it refuses to.
    user: Option<(u32, u32)>,
}

/// A statement that was refused.
pub struct Refused {
    /// Which of those given.
    pub at: usize,
    /// What PostgreSQL said.
    pub said: String,
}

/// The folder with PostgreSQL's programs: the one that is named, else one of PATH, else the newest of Debian's.
fn binaries() -> Result<PathBuf, String> {
    let whole = |folder: &PathBuf| PROGRAMS.iter().all(|p| folder.join(p).is_file());
    if let Some(named) = std::env::var_os("CROSSFOOT_PG_BIN") {
        let named = PathBuf::from(named);
        let lacks = format!(
            "CROSSFOOT_PG_BIN={} lacks one of {PROGRAMS:?}",
            named.display()
        );
        return whole(&named).then_some(named).ok_or(lacks);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let version = |p: &PathBuf| {
        let name = p.file_name()?.to_str()?;
        name.parse::<u32>().ok()
    };
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut debian: Vec<PathBuf> = debian.flatten().map(|e| e.path()).collect();
    debian.sort_by_key(|p| std::cmp::Reverse(version(p)));
    std::env::split_paths(&path)
        .chain(debian.iter().map(|p| p.join("bin")))
        .find(whole)
        .ok_or_else(|| {
            format!("no folder of PATH or of /usr/lib/postgresql holds {PROGRAMS:?}; CROSSFOOT_PG_BIN may name one")
        })
}

/// The ids of a user who owns nothing.
fn nobody() -> Result<(u32, u32), String> {
    let all = std::fs::read_to_string("/etc/passwd").map_err(|e| format!("/etc/passwd: {e}"))?;
    let ids = |name: &str| {
        let line = all.lines().find(|l| l.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2).map(str::parse);
        Some((fields.next()?.ok()?, fields.next()?.ok()?))
    };
    let found = ids("nobody").or_else(|| ids("postgres"));
    found.ok_or_else(|| "root has neither `nobody` nor `postgres` to run it as".to_owned())
}

impl Postgres {
    /// A server of this machine, or `None` after saying why there is none.
    pub fn of_the_machine() -> Option<Self> {
        match Self::start() {
            Ok(server) => Some(server),
            Err(why) => {
                let must = std::env::var("CROSSFOOT_NO_SKIP").is_ok();
                assert!(!must, "there must be a PostgreSQL: {why}");
                println!("skipped: there is no PostgreSQL to ask: {why}");
                None
            }
        }
    }

    fn start() -> Result<Self, String> {
        let bin = binaries()?;
        // A socket's path has room for a hundred bytes, and another user must reach it.
        let folder = tempfile::Builder::new()
            .prefix("crossfoot-pg-")
            .tempdir_in("/tmp");
        let folder = folder.map_err(|e| format!("/tmp: {e}"))?;
        let me = folder.path().metadata().map_err(|e| e.to_string())?.uid();
        let user = (me == 0).then(nobody).transpose()?;
        if let Some((uid, gid)) = user {
            chown(folder.path(), Some(uid), Some(gid)).map_err(|e| format!("chown: {e}"))?;
        }
        let server = Self { bin, folder, user };
        let data = server.data();
        let mut initdb = server.program("initdb", true);
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale"]);
        done(initdb.args(["--no-sync", "-D", &data]))?;
        let quick = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";
        let socket = format!(
            "-k {} -c listen_addresses='' {quick}",
            server.path().display()
        );
        let log = server.path().join("log").display().to_string();
        let mut start = server.program("pg_ctl", true);
        start.args(["start", "-w", "-t", "60", "-s", "-D", &data]);
        done(start.args(["-l", &log, "-o", &socket])).map_err(|e| {
            let told = std::fs::read_to_string(&log).unwrap_or_default();
            format!("{e}\n{told}")
        })?;
        Ok(server)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> String {
        self.path().join("data").display().to_string()
    }

    fn program(&self, name: &str, as_its_user: bool) -> Command {
        let mut program = Command::new(self.bin.join(name));
        program.env_clear().env("LC_ALL", "C").stdin(Stdio::null());
        program.current_dir(self.path());
        if let (Some((uid, gid)), true) = (self.user, as_its_user) {
            program.uid(uid).gid(gid);
        }
        program
    }

    /// What psql writes for a script, and what PostgreSQL refused of it.
    fn psql(&self, script: &str) -> (String, String) {
        let file = self.path().join("script.sql");
        std::fs::write(&file, script).unwrap();
        let host = self.path().display().to_string();
        let mut psql = self.program("psql", false);
        psql.args(["-X", "-q", "-A", "-t", "-U", "postgres", "-d", "postgres"]);
        let out = psql
            .args(["-h", &host, "-f", "script.sql"])
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        (text(&out.stdout), text(&out.stderr))
    }

    /// Carries out statements, each of them on one line and in one session. Answers those that were refused.
    pub fn run(&self, statements: &[String]) -> Vec<Refused> {
        let script: String = statements.iter().map(|s| format!("{s};\n")).collect();
        let (_, said) = self.psql(&script);
        let mut refused: Vec<Refused> = Vec::new();
        for line in said.lines() {
            let of_a_line = line.strip_prefix("psql:script.sql:");
            let numbered = of_a_line.and_then(|l| l.split_once(": "));
            let number = numbered.and_then(|(n, said)| Some((n.parse::<usize>().ok()?, said)));
            match (number, refused.last_mut()) {
                (Some((n, said)), _) => refused.push(Refused {
                    at: n - 1,
                    said: said.to_owned(),
                }),
                // What explains an error follows it.
                (None, Some(last)) => last.said = format!("{}\n    {line}", last.said),
                (None, None) => panic!("psql: {said}"),
            }
        }
        refused
    }

    /// The rows of a script's answers, their columns divided by `|`.
    pub fn ask(&self, script: &str) -> Vec<String> {
        let (rows, said) = self.psql(script);
        assert!(said.is_empty(), "{script}\n    {said}");
        rows.lines().map(str::to_owned).collect()
    }
}

impl Drop for Postgres {
    /// Ends the server whose number stands in this folder, if it was started.
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl", true);
        stop.args(["stop", "-w", "-s", "-m", "immediate", "-D", &self.data()]);
        let _ = stop.output();
    }
}

fn done(program: &mut Command) -> Result<(), String> {
    let name = program.get_program().display().to_string();
    let out = program.output().map_err(|e| format!("{name}: {e}"))?;
    let said = String::from_utf8_lossy(&out.stderr);
    let ended = out.status.success();
    ended
        .then_some(())
        .ok_or_else(|| format!("{name}: {}", said.trim()))
}
