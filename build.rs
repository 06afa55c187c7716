//! Builds parts that cargo does not know about: the migrations and the page.
//!
//! `embed_migrations!` compiles the folders in `migrations/`, but cargo does not notice new ones by itself.
//!
//! npm builds the page (`web/`) in its own copy below `OUT_DIR`. So the source tree may be read-only, and parallel
//! builds do not clash. Changes of the page's sources trigger a rebuild. Changes of Rust code or of the OpenAPI
//! document alone do not; a test checks that the page's types match the document (`tests/api/web`). If npm is missing
//! or fails, the service is built without the page, and says so here and at `/`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// Sources of the page, below `web/`.
const SOURCES: [&str; 11] = [
    ".npmrc",
    "build",
    "embed",
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
    "vite.embed.config.ts",
];
/// The OpenAPI document, from which the page's types are generated.
const DOCUMENT: &str = "openapi/openapi.json";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=migrations");
    for source in SOURCES {
        println!("cargo::rerun-if-changed=web/{source}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to build"));
    let built = build_page(&out.join("page"));
    if let Err(why) = &built {
        println!("cargo::warning=building the service without its page: {why}");
        println!(
            "cargo::warning=everything else works; to include the page, fix this, run `touch build.rs` and build again"
        );
    }
    fs::write(out.join("page.rs"), table(&built).expect("the page was just written"))
        .expect("OUT_DIR can be written to");
}

/// Builds the page in `place`. Returns its folder, or the reason why the build failed.
fn build_page(place: &Path) -> Result<PathBuf, String> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    Command::new(npm).arg("--version").output().map_err(|error| format!("npm does not start ({error})"))?;
    let web = place.join("web");
    copy_sources(place, &web).map_err(|error| format!("its sources cannot be copied ({error})"))?;
    // A changed lock file needs a complete new installation.
    let lock = fs::read_to_string(web.join("package-lock.json")).map_err(|error| error.to_string())?;
    let installed = web.join("node_modules/.installed-for");
    if fs::read_to_string(&installed).ok().as_ref() != Some(&lock) {
        // Few retries, so that a machine without a network fails soon.
        run(Command::new(npm).args(["ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=1"]), &web)?;
        fs::write(&installed, lock).map_err(|error| error.to_string())?;
    }
    run(Command::new(npm).args(["run", "build"]), &web)?;
    Ok(web.join("dist"))
}

fn run(command: &mut Command, place: &Path) -> Result<(), String> {
    let output = command.current_dir(place).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let faults: Vec<&str> = lines.filter(|line| !line.contains("complete log of this run")).take(12).collect();
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    Err(format!("npm {} failed: {}", arguments.join(" "), faults.join(" | ")))
}

/// Copies the sources afresh, next to the packages that npm installed earlier.
fn copy_sources(place: &Path, web: &Path) -> io::Result<()> {
    fs::create_dir_all(web)?;
    for entry in fs::read_dir(web)? {
        let old = entry?;
        if old.file_name() == "node_modules" {
            continue;
        }
        if old.file_type()?.is_dir() { fs::remove_dir_all(old.path())? } else { fs::remove_file(old.path())? }
    }
    for source in SOURCES {
        copy(&Path::new("web").join(source), &web.join(source))?;
    }
    copy(Path::new(DOCUMENT), &place.join(DOCUMENT))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            copy(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    // Not `fs::copy`, which would keep a file read-only that the next build must replace.
    fs::write(to, fs::read(from)?)
}

/// The files of the page as Rust code, for `src/formats/web/assets.rs`.
fn table(built: &Result<PathBuf, String>) -> io::Result<String> {
    let mut files = Vec::new();
    if let Ok(dist) = built {
        collect(dist, dist, &mut files)?;
    }
    let missing = built.as_ref().err();
    let mut text = format!("const MISSING: Option<&str> = {missing:?};\nconst FILES: &[File] = &[\n");
    for (name, path) in &files {
        let packed = |ending: &str| {
            let packed = format!("{}.{ending}", path.display());
            if Path::new(&packed).is_file() { format!("Some(include_bytes!({packed:?}))") } else { "None".into() }
        };
        let (brotli, gzip) = (packed("br"), packed("gz"));
        let _ = writeln!(
            text,
            "    File {{ name: {name:?}, plain: include_bytes!({path:?}), brotli: {brotli}, gzip: {gzip} }},"
        );
    }
    text.push_str("];\n");
    Ok(text)
}

/// Collects the names (as in an address) and paths of all files in a folder, without their compressed copies.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if !path.extension().is_some_and(|ending| ending == "br" || ending == "gz") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((name, path));
        }
    }
    Ok(())
}
