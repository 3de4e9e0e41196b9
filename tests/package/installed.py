"""Where things lie, from the package and from `meson install`, and that they work from there."""

import os
import pathlib
import tempfile

import debian
from cases import add_case, expect, expect_equal
from live import ROOT, drop_database, psql

# Below the prefix, but for what differs.
FILES = [
    "bin/tierclose", "share/bash-completion/completions/tierclose", "share/doc/tierclose/README.md",
    "share/tierclose/aliexpress.yaml", "share/tierclose/aliexpress-flat.yaml",
    "share/tierclose/aliexpress-legacy.yaml",
    "share/doc/tierclose/examples/tierclose.rules.yml",
    *(f"share/tierclose/{path.relative_to(ROOT)}" for path in sorted((ROOT / "sql").rglob("*"))
      if path.is_file()),
]
DATABASE = "tierclose_package"


def expect_files(root, names):
    missing = [name for name in names if not (root / name).is_file()]
    expect_equal(missing, [], f"missing below {root}")


def the_package():
    expect_files(debian.UNPACKED, [f"usr/{name}" for name in FILES] + [
        "etc/tierclose/programme.yaml", "usr/share/man/man1/tierclose.1.gz",
        "usr/share/man/man5/programme.yaml.5.gz", "usr/share/zsh/vendor-completions/_tierclose"])
    expect_equal(sorted(path.name for path in debian.UNPACKED.iterdir()), ["etc", "usr"], "folders")
    # The folder that the program was built for is the one that it was put into.
    overview = debian.run(debian.UNPACKED / "usr/bin/tierclose", "--help")
    expect("/etc/tierclose/programme.yaml" in overview and "/usr/local" not in overview, overview)


def meson_install(destdir):
    return debian.run("meson", "install", "-C", "build", "--no-rebuild",
                      env={**os.environ, "DESTDIR": str(destdir)})


def the_build():
    with tempfile.TemporaryDirectory(prefix="tierclose-install.") as name:
        destdir = pathlib.Path(name)
        meson_install(destdir)
        expect_files(destdir / "usr/local", FILES + [
            "etc/tierclose/programme.yaml", "share/man/man1/tierclose.1",
            "share/man/man5/programme.yaml.5", "share/zsh/site-functions/_tierclose"])
        config = destdir / "usr/local/etc/tierclose/programme.yaml"
        expect_equal(config.read_bytes(), (ROOT / "config/aliexpress.yaml").read_bytes(),
                     "the programme")
        overview = debian.run(destdir / "usr/local/bin/tierclose", "--help")
        expect("  /usr/local/etc/tierclose/programme.yaml\n" in overview, overview)
        config.write_text("edited\n", encoding="utf-8")
        meson_install(destdir)
        expect_equal(config.read_text(encoding="utf-8"), "edited\n", "an edited programme")


def the_schema():
    program = debian.UNPACKED / "usr/bin/tierclose"
    config = debian.UNPACKED / "etc/tierclose/programme.yaml"
    psql("postgres", f"create database {DATABASE};")
    try:
        debian.run("sqitch", "-C", debian.UNPACKED / "usr/share/tierclose/sql", "deploy",
                   f"db:pg:{DATABASE}",
                   env={**os.environ, "SQITCH_FULLNAME": "test", "SQITCH_EMAIL": "test@localhost",
                        "SQITCH_USER_CONFIG": "/nonexistent", "PSQLRC": "/nonexistent"})
        output = debian.run(program, "check", "--db", "--config", config, "--dsn",
                            f"dbname={DATABASE}")
        expect(output.endswith("The configuration and the database are good.\n"), output)
    finally:
        drop_database(DATABASE)


def register():
    add_case("the package has everything where Debian expects it", the_package)
    add_case("meson install into a DESTDIR, twice: an edited programme stays", the_build)
    add_case("sqitch deploys what is installed, and check --db likes it", the_schema)
