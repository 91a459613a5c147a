#!/bin/sh
# Installs what is missing: bench/setup.sh run|test|python
#
#   run   what bench/run needs       test   what tests/run needs as well
#   python   installs nothing: exits 0 only when python3 is there and new enough
#
# Says nothing and exits 0 when all is there. Installs with apt-get when it may, that is
# as root or with sudo that asks no password. Otherwise it prints the one line to type, or
# the names of the packages on another distribution, and exits 3.
# Optional packages are installed along with needed ones, and never asked for alone.
set -u
export LC_ALL=C

# One line a need: what must be there, and the Debian package that brings it.
#   command NAME, library NAME (pkg-config), header PATH, font NAME
needed_to_run='
command gcc gcc
header stdio.h libc6-dev
command meson meson
command ninja ninja-build
command pkg-config pkg-config
command python3 python3
command hyperfine hyperfine
command gnuplot gnuplot-nox
font DejaVuSans.ttf fonts-dejavu-core
'
optional_to_run='
command git git
command g++ g++
library benchmark libbenchmark-dev
command go golang-go
'
needed_to_test='
library cmocka libcmocka-dev
'
# Not openssh-server: it would open this machine to the network.
optional_to_test='
command clang clang
command chromium chromium
command chromedriver chromium-driver
command spin spin
command valgrind valgrind
command strace strace
command parallel parallel
command ssh openssh-client
command sbatch slurm-wlm
'

is_there() { # kind name
    case $1 in
    command) command -v "$2" >/dev/null 2>&1 ;;
    library) pkg-config --exists "$2" 2>/dev/null ;;
    header) [ -e "/usr/include/$2" ] || [ -e "/usr/local/include/$2" ] ;;
    font) [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name "$2" \
        -print -quit 2>/dev/null)" ] ;;
    esac
}

missing() { # needs: prints the packages of those that are not there
    printf '%s' "$1" | while read -r kind name package; do
        [ -z "$kind" ] || is_there "$kind" "$name" || printf '%s ' "$package"
    done
}

python_is_new_enough() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

install() { # packages: all on stderr, and the lists only fetched when they are too old
    echo "installing: $*" >&2
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "$@" >&2 && return
    echo "updating the package lists" >&2
    as_root apt-get update >&2 &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "$@" >&2
}

case ${1-} in
python)
    python_is_new_enough
    exit
    ;;
run) needed=$needed_to_run optional=$optional_to_run ;;
test)
    needed=$needed_to_run$needed_to_test
    optional=$optional_to_run$optional_to_test
    ;;
*)
    echo "usage: bench/setup.sh run|test|python" >&2
    exit 2
    ;;
esac

# The package of an older distribution would be as old as what is there.
if command -v python3 >/dev/null 2>&1 && ! python_is_new_enough; then
    echo "please install Python 3.11 or newer: python3 is $(python3 --version 2>&1)" >&2
    exit 3
fi

packages=$(missing "$needed")
extras=$(missing "$optional")
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "please install what these Debian packages bring: $packages" >&2
    exit 3
fi
if ! may_install; then
    echo "please type: sudo apt-get install $packages$extras" >&2
    exit 3
fi
# An optional package may not exist here; it must not take the needed ones with it.
# shellcheck disable=SC2086  # the lists are words
{
    install $packages $extras || install $packages
} || {
    echo "could not install: $packages" >&2
    exit 3
}
still=$(missing "$needed")
[ -z "$still" ] || {
    echo "still missing after the installation: $still" >&2
    exit 3
}
