#!/bin/sh
# Debian's packages and source packages, fetched by apt into $dir and kept there. Nothing is
# installed. To be sourced with $dir set, or:  sh tests/dropin/fetch.sh DIRECTORY SOURCE...
# shellcheck disable=SC1007,SC2046,SC2086 # words on purpose

if [ "${0##*/}" = fetch.sh ]; then
    mkdir -p "$1/src" || exit 1
    dir=$(cd "$1" && pwd)
    shift
fi

# The lists of apt for sources, in a place of their own: those of the system stay as they are.
own="-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=$dir/apt/sources
    -o Dir::State::Lists=$dir/apt/lists -o Dir::Cache=$dir/apt/cache"

lists() { # once
    [ ! -f "$dir/apt/ready" ] || return 0
    mkdir -p "$dir/apt/sources" "$dir/apt/lists/partial" "$dir/apt/cache"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
        /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$list" ] || sed 's/^deb /deb-src /; s/^Types:.*/Types: deb deb-src/' "$list" \
            >"$dir/apt/sources/${list##*/}"
    done
    apt-get $own update && : >"$dir/apt/ready"
}

source_of() { # PACKAGE: unpacked in $dir/src/PACKAGE, once
    [ ! -d "$dir/src/$1" ] || return 0
    lists && mkdir -p "$dir/src/.$1" || return 1
    (
        cd "$dir/src/.$1" && apt-get $own source --download-only --tar-only "$1" &&
            for archive in *.orig.tar.*z; do tar xf "$archive" || exit 1; done &&
            mv "$(ls -d ./*/)" "../$1"
    )
    rm -rf "$dir/src/.$1"
    [ -d "$dir/src/$1" ]
}

package() { # NAME: unpacked in $dir/packages/NAME, once; nothing is installed
    [ ! -d "$dir/packages/$1" ] || return 0
    lists && mkdir -p "$dir/packages/.$1" || return 1
    (cd "$dir/packages/.$1" && apt-get $own download "$1" && dpkg -x ./*.deb "../$1")
    rm -rf "$dir/packages/.$1"
    [ -d "$dir/packages/$1" ]
}

[ "${0##*/}" != fetch.sh ] || for name; do source_of "$name" || exit 1; done
