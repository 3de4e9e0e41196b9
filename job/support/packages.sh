# shellcheck shell=bash
#
# Finds out which Debian packages are missing and installs them.
#
# A package counts as there when its sign is (see packages.txt), so a tool that was
# installed in another way is taken as it is, and nothing asks for rights it does not need.
#
#   source job/support/packages.sh
#   packages_require job/support/packages.txt tests/support/packages.txt

# Is the thing that a line of packages.txt names there?
packages_sign_holds() {
    local kind="$1" name="$2"
    case "$kind" in
        command) command -v "$name" >/dev/null ;;
        header)  echo "#include <$name>" | gcc -E - >/dev/null 2>&1 ;;
        library) pkg-config --exists "$name" 2>/dev/null ;;
        perl)    perl "-M$name" -e 1 2>/dev/null ;;
        python)  /usr/bin/python3 -c "import $name" 2>/dev/null ;;
        file)    compgen -G "$name" >/dev/null ;;
        *)       echo "error: packages.txt: no sign is called '$kind'" >&2; return 2 ;;
    esac
}

# Prints the packages of these lists that are not there, one a line.
packages_missing() {
    local package kind name
    while read -r package kind name; do
        if [[ -n "$package" && "$package" != "#"* ]]; then
            packages_sign_holds "$kind" "$name" </dev/null || echo "$package"
        fi
    done < <(cat "$@")
}

# The words that come before a command that needs root's rights; fails if there is no way.
# Without a terminal nobody can type a password, so sudo must not ask for one there.
packages_root_prefix() {
    if [[ "$(id -u)" -eq 0 ]]; then
        return 0
    elif command -v sudo >/dev/null && { : </dev/tty; } 2>/dev/null; then
        echo "sudo"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        echo "sudo -n"
    else
        return 1
    fi
}

packages_explain_missing() {
    local reason="$1"
    shift
    {
        echo "error: $reason"
        echo "missing (names of Debian 12's packages): $*"
        echo "hint: install them, or what they are called on this system, and start again."
    } >&2
}

# Debian starts a server called "main" when PostgreSQL is installed. Nobody asked for one here,
# so it is switched off while the packages are installed.
PACKAGES_SERVER_SWITCH=/etc/postgresql-common/createcluster.d/tierclose-install.conf

# Runs in a subshell of its own: the trap puts the switch back, also when a person stops it.
packages_install() (
    local -a root_prefix
    read -r -a root_prefix <<<"$1"
    shift
    local -a apt_get=("${root_prefix[@]}" env DEBIAN_FRONTEND=noninteractive apt-get
        -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    trap '"${root_prefix[@]}" rm -f "$PACKAGES_SERVER_SWITCH"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    "${root_prefix[@]}" mkdir -p "${PACKAGES_SERVER_SWITCH%/*}"
    echo "create_main_cluster = false" |
        "${root_prefix[@]}" tee "$PACKAGES_SERVER_SWITCH" >/dev/null
    local try
    for try in 1 2 3; do
        # The lists are fetched first: those of an old image name files that are long gone.
        if "${apt_get[@]}" update && "${apt_get[@]}" install -y --no-install-recommends "$@"; then
            return 0
        fi
        echo "apt-get failed (try $try of 3)" >&2
        sleep "$((try * 5))"
    done
    return 1
)

# Installs what these lists name and is not there. Says nothing when there is nothing to do.
packages_require() {
    local -a missing
    local prefix
    mapfile -t missing < <(packages_missing "$@")
    if [[ "${#missing[@]}" -eq 0 ]]; then
        return 0
    fi
    if ! command -v apt-get >/dev/null; then
        packages_explain_missing "this is not Debian or Ubuntu: there is no apt-get" "${missing[@]}"
        return 69
    fi
    if ! prefix="$(packages_root_prefix)"; then
        packages_explain_missing "installing needs root or sudo: here is neither" "${missing[@]}"
        return 69
    fi
    # Two starts at once on a bare machine: the second waits, and then finds nothing missing.
    local lock_descriptor
    exec {lock_descriptor}</var/lib/dpkg
    flock "$lock_descriptor"
    mapfile -t missing < <(packages_missing "$@")
    if [[ "${#missing[@]}" -ne 0 ]]; then
        # The descriptor is closed there, so no service that is installed can keep the lock.
        packages_install "$prefix" "${missing[@]}" {lock_descriptor}>&- ||
            echo "error: apt-get could not install everything" >&2
    fi
    exec {lock_descriptor}>&-
    mapfile -t missing < <(packages_missing "$@")
    if [[ "${#missing[@]}" -ne 0 ]]; then
        packages_explain_missing "not to be found after apt-get had its turn" "${missing[@]}"
        return 69
    fi
}
