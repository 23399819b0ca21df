//! The scripts as files: written for review, and compared with what is committed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use pipeline_dsl::{pipeline::PipelineDef, script::scripts};
use similar::TextDiff;

use crate::error::Error;

/// The files of a pipeline by name, in order.
pub(crate) type Files = BTreeMap<String, String>;

/// The scripts of a pipeline and what comes with them.
pub(crate) fn files(definition: &PipelineDef) -> Files {
    let mut files = Files::new();
    for script in scripts(definition) {
        files.insert(script.file_name.clone(), script.text());
        for companion in script.companions {
            files.insert(companion.file_name, companion.text);
        }
    }
    files
}

/// Writes the files and returns the names of those that changed. Files of earlier renderings that no longer belong
/// are removed; other files in the directory are left alone.
pub(crate) fn write(files: &Files, directory: &Path) -> Result<Vec<String>, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::File { verb: "write", path, source }
    };
    fs::create_dir_all(directory).map_err(failed(directory))?;
    let mut changed = Vec::new();
    for (name, text) in files {
        let path = directory.join(name);
        if read(&path)?.as_deref() == Some(text) {
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        fs::write(&path, text).map_err(failed(&path))?;
        #[cfg(unix)]
        if name.ends_with(".sh") {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).map_err(failed(&path))?;
        }
        changed.push(name.clone());
    }
    for name in left_over(files, directory)? {
        let path = directory.join(&name);
        fs::remove_file(&path).map_err(failed(&path))?;
        changed.push(name);
    }
    Ok(changed)
}

/// Compares the files with those in a directory.
///
/// # Errors
///
/// [`Error::Stale`] with a unified diff when a file differs, is missing, or should no longer be there.
pub(crate) fn check(files: &Files, directory: &Path) -> Result<(), Error> {
    let mut diff = String::new();
    let mut count = 0;
    let mut compare = |name: &str, committed: Option<&str>, rendered: Option<&str>| {
        if committed == rendered {
            return;
        }
        count += 1;
        let path = shown(&directory.join(name));
        let old = if committed.is_some() { format!("{path} (committed)") } else { "/dev/null".to_owned() };
        let new = if rendered.is_some() { format!("{path} (rendered)") } else { "/dev/null".to_owned() };
        let text = TextDiff::from_lines(committed.unwrap_or_default(), rendered.unwrap_or_default());
        diff.push_str(&text.unified_diff().context_radius(3).header(&old, &new).to_string());
    };
    for (name, text) in files {
        let committed = read(&directory.join(name))?;
        compare(name, committed.as_deref(), Some(text));
    }
    for name in left_over(files, directory)? {
        let committed = read(&directory.join(&name))?;
        compare(&name, committed.as_deref(), None);
    }
    if count == 0 { Ok(()) } else { Err(Error::Stale { count, diff }) }
}

/// A path as people on this machine read it: relative to where they are, when it is below that.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

/// Numbered scripts in the directory that the pipeline no longer has.
fn left_over(files: &Files, directory: &Path) -> Result<Vec<String>, Error> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(Error::File { verb: "read", path: directory.to_owned(), source }),
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_numbered_script(name) && !files.contains_key(name))
        .collect();
    names.sort();
    Ok(names)
}

fn is_numbered_script(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() > 7
        && bytes[0].is_ascii_digit()
        && bytes[1].is_ascii_digit()
        && bytes[2] == b'_'
        && name.ends_with(".sql")
}

fn read(path: &PathBuf) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::File { verb: "read", path: path.clone(), source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered() -> Files {
        [("01_setup.sql", "USE ROLE ACCOUNTADMIN;\n"), ("03_stream.sql", "CREATE STREAM S ON TABLE T;\n")]
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect()
    }

    #[test]
    fn what_was_written_passes_the_check() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(write(&rendered(), directory.path()).unwrap(), ["01_setup.sql", "03_stream.sql"]);
        check(&rendered(), directory.path()).unwrap();
        assert!(write(&rendered(), directory.path()).unwrap().is_empty());
    }

    #[test]
    fn edited_missing_and_stale_files_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("01_setup.sql"), "USE ROLE SYSADMIN;\n").unwrap();
        fs::write(directory.path().join("02_old.sql"), "SELECT 1;\n").unwrap();
        fs::write(directory.path().join("notes.md"), "mine\n").unwrap();
        let Err(Error::Stale { count, diff }) = check(&rendered(), directory.path()) else { panic!("not stale") };
        assert_eq!(count, 3);
        let shown = diff.replace(&directory.path().display().to_string(), "sql");
        insta::assert_snapshot!(shown, @r"
        --- sql/01_setup.sql (committed)
        +++ sql/01_setup.sql (rendered)
        @@ -1 +1 @@
        -USE ROLE SYSADMIN;
        +USE ROLE ACCOUNTADMIN;
        --- /dev/null
        +++ sql/03_stream.sql (rendered)
        @@ -0,0 +1 @@
        +CREATE STREAM S ON TABLE T;
        --- sql/02_old.sql (committed)
        +++ /dev/null
        @@ -1 +0,0 @@
        -SELECT 1;
        ");
        write(&rendered(), directory.path()).unwrap();
        check(&rendered(), directory.path()).unwrap();
        assert!(directory.path().join("notes.md").exists(), "files of the user are left alone");
    }
}
