//! Data directories with paths that are hard on sockets and settings.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use super::holder::Holder;
use crate::support::scratch::{Scratch, connect, is_stopped};

#[test]
fn long_paths_have_their_socket_in_the_temporary_folder() {
    for length in [60, 80, 95, 150] {
        let scratch = Scratch::new(&format!("long{length}"));
        let rest = length - 4 - scratch.path().as_os_str().len().min(length - 5);
        let dir = scratch.path().join("x".repeat(rest)).join("pg");
        assert!(dir.as_os_str().len() >= length, "{}", dir.display());
        let is_short = dir.as_os_str().len() < 85;
        let holder = Holder::start(&dir, &["--fast"]);
        let (_, socket) = holder.url.split_once("host=").expect("a socket");
        let socket = PathBuf::from(socket);
        assert_eq!(socket.starts_with(&dir), is_short, "{}", holder.url);
        let mode = fs::metadata(&socket).expect("the folder of the socket").mode();
        assert_eq!(mode & 0o777, 0o700, "others can reach the socket");
        let joined = Holder::start(&dir, &["--fast"]);
        assert_eq!(joined.url, holder.url);
        holder.stop();
        joined.stop();
        assert!(is_stopped(&dir));
        assert_eq!(socket.exists(), is_short, "the folder of the socket was left behind");
    }
}

#[tokio::test]
async fn odd_characters_in_the_path_do_no_harm() {
    let scratch = Scratch::new("odd");
    for name in ["a b", "comma,", "q\"uote", "ü%41&?#=", "d'$(x)"] {
        let dir = scratch.path().join(name);
        let holder = Holder::start(&dir, &["--fast"]);
        connect(&holder.url).await;
        holder.stop();
        assert!(is_stopped(&dir), "{name}");
    }
}
