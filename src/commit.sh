#!/bin/sh
# Prints which commit a checkout is of, with "-dirty" if it has changes: commit.sh TOP
#
# Of this repository, whoever owns it, and not of one that an unpacked archive lies in.
# Not by git describe --dirty: that writes the index anew, and as root makes it root's.
git() {
    command git --no-optional-locks --git-dir="$top/.git" --work-tree="$top" "$@"
}
top=$1
commit=$(git rev-parse --short=10 HEAD) && changes=$(git status --porcelain -uno) &&
    echo "$commit${changes:+-dirty}"
