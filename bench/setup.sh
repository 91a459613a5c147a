#!/bin/sh
# Installs what is missing: bench/setup.sh run|test
#
#   run   what bench/run needs       test   what tests/run needs as well
#
# Says nothing and exits 0 when all is there. Installs with apt-get when it may, that is
# as root or with sudo that asks no password; otherwise it prints the one line to type, or
# the names of the packages on another distribution. Exits 3 when something is missing
# without which nothing can be measured; goes on, and says so, without charts.
set -u
export LC_ALL=C
bench=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# One line a need: what must be there, and the Debian package that brings it.
#   command NAME, library NAME (pkg-config), header PATH, font NAME, module NAME (Python)
needed_to_run='
command gcc gcc
header stdio.h libc6-dev
command meson meson
command ninja ninja-build
command pkg-config pkg-config
command hyperfine hyperfine
'
# Measuring goes on without these, charts and the report do not.
wanted_to_run='
command gnuplot gnuplot-nox
font DejaVuSans.ttf fonts-dejavu-core
module jinja2 python3-jinja2
'
# Installed along with what is missing above, and never asked for alone.
optional_to_run='
command git git
command g++ g++
library benchmark libbenchmark-dev
command go golang-go
'
needed_to_test='
library cmocka libcmocka-dev
module hypothesis python3-hypothesis
'
# Large ones among them: only named, with what is left out without them. Not
# openssh-server: it would open this machine to the network.
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
    module) "$bench/python" -c "import $2" 2>/dev/null ;;
    esac
}

missing() { # needs: prints the packages of those that are not there
    printf '%s' "$1" | while read -r kind name package; do
        [ -z "$kind" ] || is_there "$kind" "$name" || printf '%s ' "$package"
    done
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

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "$@" >&2
}

install() { # packages: all on stderr, and the lists only fetched when they are too old
    echo "installing: $*" >&2
    apt_install "$@" && return
    echo "updating the package lists" >&2
    as_root apt-get update >&2 && apt_install "$@"
}

case ${1-} in
run) needed=$needed_to_run wanted=$wanted_to_run optional=$optional_to_run ;;
test)
    needed=$needed_to_run$needed_to_test
    wanted=$wanted_to_run optional=$optional_to_run
    left_out=$(missing "$optional_to_test")
    [ -z "$left_out" ] ||
        echo "some tests are left out without these packages: $left_out" >&2
    ;;
*)
    echo "usage: bench/setup.sh run|test" >&2
    exit 2
    ;;
esac

# The package of an older distribution would be as old as what is there.
if command -v python3 >/dev/null 2>&1; then
    "$bench/python" -c '' || exit 3
else
    needed="command python3 python3$needed"
fi

packages=$(missing "$needed") more=$(missing "$wanted")
[ -n "$packages$more" ] || exit 0
extras=$(missing "$optional")

give_up() { # sentence: only what is needed is worth an end
    echo "$1" >&2
    [ -z "$packages" ] || exit 3
    echo "going on without charts" >&2
    exit 0
}

if ! command -v apt-get >/dev/null 2>&1; then
    give_up "please install what these Debian packages bring: $packages$more"
fi
if ! may_install; then
    give_up "please type: sudo apt-get update; sudo apt-get install\
 --no-install-recommends $packages$more$extras"
fi
# One package that is nowhere to be had must not take the others with it.
# shellcheck disable=SC2086  # the lists are words
install $packages $more $extras || for package in $packages $more; do
    apt_install "$package" || :
done
packages=$(missing "$needed") more=$(missing "$wanted")
[ -z "$packages$more" ] || give_up "could not install: $packages$more"
