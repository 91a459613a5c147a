#!/bin/sh
# Installs what is missing: bench/setup.sh run|test|nginx [FOLDER]
#
#   run     what bench/run needs     test   what tests/run needs as well
#   nginx   what the experiment "real" can call: unpacked, not installed
#
# Says nothing and exits 0 when all is there. Installs with apt-get when it may, that is
# as root or with sudo that asks no password, and says first how much that is; otherwise,
# and on other distributions, it prints the one line to type. FIVE_COOKS_LEAN=1 leaves
# out what only compares with other languages, about half of it; FIVE_COOKS_ALL=1 takes
# the large tools of some tests, too. Exits 3 when something is missing without which
# nothing can be built; goes on, and says so, without the rest.
set -u
case ${1-} in -h | --help) exec sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" ;; esac
export LC_ALL=C
bench=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# One line a need: what must be there, and the package that brings it to Debian, Fedora,
# Arch and Alpine.
#   command NAME, library NAME (pkg-config), header PATH, font NAME, module NAME (Python)
needed_to_run='
command gcc            gcc            gcc             gcc               gcc
header stdio.h         libc6-dev      glibc-devel     glibc             musl-dev
command meson          meson          meson           meson             meson
command ninja          ninja-build    ninja-build     ninja             ninja-build
'
# Without hyperfine nothing is measured, but programs, plans and some lessons work;
# without the others there are no charts, or no report.
wanted_to_run='
command hyperfine      hyperfine         hyperfine         hyperfine     hyperfine
command gnuplot        gnuplot-nox       gnuplot           gnuplot       gnuplot
font DejaVuSans.ttf    fonts-dejavu-core dejavu-sans-fonts ttf-dejavu    font-dejavu
module jinja2          python3-jinja2    python3-jinja2    python-jinja  py3-jinja2
'
# Installed along with what is missing above, and never asked for alone.
optional_to_run='
library libcurl        libcurl4-openssl-dev libcurl-devel curl      curl-dev
library libmicrohttpd  libmicrohttpd-dev libmicrohttpd-devel libmicrohttpd libmicrohttpd-dev
command git            git              git                    git        git
command pkg-config     pkg-config       pkgconf-pkg-config     pkgconf    pkgconf
command g++            g++              gcc-c++                gcc        g++
library benchmark      libbenchmark-dev google-benchmark-devel benchmark  benchmark-dev
command go             golang-go        golang                 go         go
'
nginx='
command nginx          nginx-light      nginx                  nginx     nginx
'
needed_to_test='
command pkg-config pkg-config         pkgconf-pkg-config pkgconf           pkgconf
library cmocka     libcmocka-dev      libcmocka-devel    cmocka            cmocka-dev
module hypothesis  python3-hypothesis python3-hypothesis python-hypothesis py3-hypothesis
'
# Large ones among them: named, and installed only where all is wanted. Not
# openssh-server: it would open this machine to the network.
optional_to_test='
command clang        clang           clang            clang    clang
command chromium     chromium        chromium         chromium chromium
command chromedriver chromium-driver chromedriver     chromium chromium-chromedriver
command spin         spin            -                -        -
command valgrind     valgrind        valgrind         valgrind valgrind
command strace       strace          strace           strace   strace
command parallel     parallel        parallel         parallel parallel
command ssh          openssh-client  openssh-clients  openssh  openssh-client
command sbatch       slurm-wlm       slurm            -        slurm
'

manager=
for each in apt-get dnf pacman apk; do
    if command -v "$each" >/dev/null 2>&1; then
        manager=$each
        break
    fi
done

is_there() { # kind name
    case $1 in
    command) command -v "$2" >/dev/null 2>&1 ;;
    library) pkg-config --exists "$2" 2>/dev/null ;;
    header) [ -e "/usr/include/$2" ] || [ -e "/usr/local/include/$2" ] ;;
    font) [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name "$2" \
        -print -quit 2>/dev/null)" ] ;;
    module) "$bench/python" -c "import $modules" 2>/dev/null ;; # one Python has them all
    esac
}

missing() { # needs: prints the packages of those that are not there, each once
    printf '%s' "$1" | while read -r kind name debian fedora arch alpine; do
        [ -z "$kind" ] || is_there "$kind" "$name" || case $manager in
        dnf) echo "$fedora" ;;
        pacman) echo "$arch" ;;
        apk) echo "$alpine" ;;
        *) echo "$debian" ;;
        esac
    done | awk '$1 != "-" && !seen[$1]++ { printf "%s ", $1 }'
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_install() {
    [ "$manager" = apt-get ] && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "$@" >&2
}

size_of() { # packages: " (1 MB to fetch, 3 MB on the disk)"; nothing if apt lacks one
    apt-get install --assume-no -o Debug::NoLocking=1 --no-install-recommends "$@" \
        2>/dev/null | sed -n 's/^Need to get \(.*\) of archives.*/ (\1 to fetch,/p
s/^After this operation, \(.*\) of additional.*/ \1 on the disk)/p' | tr -d '\n'
}

install() { # packages: all on stderr, and the lists only fetched when they are too old
    echo "installing: $*$(size_of "$@")" >&2
    apt_install "$@" && return
    echo "updating the package lists" >&2
    as_root apt-get update >&2 || return
    echo "installing: $*$(size_of "$@")" >&2
    apt_install "$@"
}

line_to_type() { # packages
    root="sudo "
    command -v sudo >/dev/null 2>&1 || ! command -v doas >/dev/null 2>&1 || root="doas "
    [ "$(id -u)" != 0 ] || root=
    case $manager in
    apt-get) echo "please type$(size_of "$@"): ${root}apt-get update;\
 ${root}apt-get install --no-install-recommends $*" ;;
    dnf) echo "please type: ${root}dnf install --setopt=install_weak_deps=False $*" ;;
    pacman) echo "please type: ${root}pacman -S --needed $*" ;;
    apk) echo "please type: ${root}apk add $*" ;;
    *) echo "please install what these Debian packages bring: $*" ;;
    esac
}

# Debian's package, installed, would start a server that the network can reach. Unpacked,
# it is a program like those that are built here; it needs no library that is rare.
unpack_nginx() { # folder, package
    (mkdir -p "$1" && cd "$1" &&
        apt-get -o APT::Sandbox::User=root download "$2" &&
        dpkg -x ./"$2"_*.deb . && rm -f ./"$2"_*.deb) >&2
}

fetch_nginx() { # folder
    ! is_there command nginx || return 0
    if [ "$manager" = apt-get ]; then
        echo "fetching nginx" >&2
        for package in nginx nginx-light; do # which of them has it depends on the age
            unpack_nginx "$1.new" "$package" || :
            # Only a whole one gets the name by which it is found.
            ! "$1.new/usr/sbin/nginx" -v 2>/dev/null || {
                rm -rf "$1" && mv "$1.new" "$1"
                return
            }
        done
        rm -rf "$1.new"
    fi
    # shellcheck disable=SC2046  # it is one word
    echo "going on without nginx: $(line_to_type $(missing "$nginx"))" >&2
}

case ${1-} in
nginx)
    fetch_nginx "${2:-${bench%/bench}/build/nginx}"
    exit 0
    ;;
run) needed=$needed_to_run wanted=$wanted_to_run optional=$optional_to_run ;;
test)
    needed=$needed_to_run$needed_to_test
    wanted=$wanted_to_run optional=$optional_to_run
    if [ -n "${FIVE_COOKS_ALL-}" ]; then
        wanted=$wanted$optional_to_test
    else
        left_out=$(missing "$optional_to_test")
        [ -z "$left_out" ] ||
            echo "some tests are left out without these packages: $left_out" >&2
    fi
    ;;
*)
    echo "usage: bench/setup.sh run|test|nginx [FOLDER], not '${1-}'" >&2
    exit 2
    ;;
esac
[ -z "${FIVE_COOKS_LEAN-}" ] || optional=

# The package of an older distribution would be as old as what is there.
if command -v python3 >/dev/null 2>&1; then
    "$bench/python" --which >/dev/null || exit 3
else
    needed="command python3 python3 python3 python python3$needed"
fi

modules=$(printf '%s' "$needed$wanted" |
    awk '$1 == "module" { printf "%s%s", comma, $2; comma = "," }')
packages=$(missing "$needed") more=$(missing "$wanted")
[ -n "$packages$more" ] || exit 0
extras=$(missing "$optional")

give_up() { # sentence: only what is needed is worth an end
    echo "$1" >&2
    [ -z "$packages" ] || exit 3
    echo "going on without: $more" >&2
    exit 0
}

# shellcheck disable=SC2086  # the lists are words
may_install || give_up "$(line_to_type $packages $more $extras)"
# One package that is nowhere to be had must not take the others with it.
# shellcheck disable=SC2086
install $packages $more $extras || for package in $packages $more $extras; do
    apt_install "$package" || :
done
packages=$(missing "$needed") more=$(missing "$wanted")
[ -z "$packages$more" ] || give_up "could not install: $packages$more"
