//! The password of the first admin, shown to one person only.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the first admin's password goes.
pub enum FirstPassword {
    /// Printed on the terminal, where the operator sees it.
    Shown(String),
    /// Written to a file that only its owner can read. Without a terminal, output goes to logs that many people can
    /// read.
    Kept(PathBuf),
}

impl FirstPassword {
    /// Prints on a terminal. Otherwise writes a new file in the data folder.
    pub fn hand_over(password: String, data_dir: &Path, is_terminal: bool) -> std::io::Result<Self> {
        if is_terminal {
            return Ok(Self::Shown(password));
        }
        let path = data_dir.join("first-password.txt");
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Left by a first start that did not finish.
        let _ = std::fs::remove_file(&path);
        writeln!(options.open(&path)?, "{password}")?;
        Ok(Self::Kept(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_password_is_shown_on_a_terminal_only() {
        let folder = std::env::temp_dir().join(format!("ccin-first-password-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let shown = FirstPassword::hand_over("secret".into(), &folder, true).unwrap();
        assert!(matches!(shown, FirstPassword::Shown(password) if password == "secret"));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        for password in ["secret", "of a second try"] {
            let FirstPassword::Kept(path) = FirstPassword::hand_over(password.into(), &folder, false).unwrap() else {
                panic!("shown in a log");
            };
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{password}\n"));
            #[cfg(unix)]
            {
                let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
                assert_eq!(mode & 0o777, 0o600);
            }
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
