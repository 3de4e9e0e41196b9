# shellcheck shell=bash
#
# Configures a build folder and compiles, one at a time for each folder: ninja itself does not
# notice a second ninja in the same folder.
#
#   source job/support/build.sh
#   build_compile FOLDER [meson's options]
#
# A folder that was configured with other options is configured again. Without options a
# folder keeps those it has. BUILD_TARGET names one program to build instead of all.

BUILD_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

# meson leaves build.ninja behind only when it got to the end.
build_configure() {
    local folder="$1"
    shift
    local remembered="$folder/tierclose-options.txt"
    if [[ ! -f "$folder/build.ninja" ]]; then
        meson setup "$folder" "$BUILD_ROOT" "$@" || return
    elif [[ $# -gt 0 && "$(cat "$remembered" 2>/dev/null)" != "$*" ]]; then
        meson setup --reconfigure "$folder" "$BUILD_ROOT" "$@" || return
    else
        return 0
    fi
    echo "$*" >"$remembered"
}

build_compile() {
    local folder="$1" descriptor status=0
    mkdir -p "$folder"
    exec {descriptor}>"$folder/tierclose-build.lock"
    flock "$descriptor"
    build_configure "$@" && ninja -C "$folder" ${BUILD_TARGET:+"$BUILD_TARGET"} || status=$?
    exec {descriptor}>&-
    return "$status"
}
