#!/bin/bash
#
# Builds the Debian package.
#
#   job/support/package.sh [FOLDER]      FOLDER/tierclose_VERSION_ARCHITECTURE.deb;
#                                        build/package if not given
#
# dpkg-buildpackage wants debian/ beside the source, so both are copied to FOLDER/source. What was
# compiled there before is used again. The version is meson.build's, the date that of the last
# commit, so the same commit gives the same package.
set -euo pipefail
folder="$(realpath -m "${1:-build/package}")"
cd "$(dirname "$0")/../.."

# shellcheck source=job/support/packages.sh
source job/support/packages.sh

# The parts of the project that meson looks at.
SOURCES=(job sql config tests meson.build README.md)

project_version() {
    meson introspect --projectinfo meson.build |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["version"])'
}

# Seconds since 1970: of the last commit, else of the newest file.
source_date() {
    git log -1 --format=%ct 2>/dev/null ||
        find "${SOURCES[@]}" -type f -printf '%T@\n' | sort -n | tail -1 | cut -d. -f1
}

# The copies keep their times, so that ninja sees what has changed.
copy_source() {
    local source="$1" each
    mkdir -p "$source"
    for each in "${SOURCES[@]}" debian; do
        rm -rf "${source:?}/$each"
    done
    cp -a "${SOURCES[@]}" "$source"
    find "$source" -name __pycache__ -prune -exec rm -rf {} +
    mv "$source/config/debian" "$source/debian"
}

write_changelog() {
    local version="$1" maintainer
    maintainer="$(sed -n 's/^Maintainer: //p' config/debian/control)"
    cat <<CHANGELOG
tierclose ($version) unstable; urgency=medium

  * Version $version.

 -- $maintainer  $(LC_ALL=C date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
CHANGELOG
}

main() {
    local source="$folder/source" version
    packages_require job/support/packages.txt job/support/packaging.txt >&2
    version="$(project_version)"
    SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(source_date)}"
    export SOURCE_DATE_EPOCH
    mkdir -p "$folder"
    # Two at once in one folder: the second waits.
    exec {lock}>"$folder/lock"
    flock "$lock"
    rm -f "$folder"/tierclose*_"$version"_*
    copy_source "$source"
    write_changelog "$version" >"$source/debian/changelog"
    # stdout has only the name of what was built.
    (cd "$source" && dpkg-buildpackage --build=binary --no-sign --no-pre-clean) >&2
    find "$folder" -maxdepth 1 -name "tierclose_${version}_*.deb"
}

main
