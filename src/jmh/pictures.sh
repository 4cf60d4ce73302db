#!/usr/bin/env bash
# pictures.sh REPORT DIRECTORY: writes each figure of a page that "report" has made to DIRECTORY, as FIGURE-light.svg and
# FIGURE-dark.svg, for documents that cannot hold the page. A Chromium draws them.
set -euo pipefail
[ $# = 2 ] || { echo "usage: pictures.sh REPORT DIRECTORY" >&2; exit 2; }

page=$(realpath "$1")
mkdir -p "$2"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# draw NAME SCHEME: the number is Chromium's own for a colour scheme.
draw() {
    chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$profile" --window-size=900,800 \
        --virtual-time-budget=10000 --blink-settings=preferredColorScheme="$2" --dump-dom "file://$page" 2> "$profile/errors" |
        NAME=$1 perl -0777 -ne '
            while (m{<figure id="([a-z-]+)">.*?(<svg.*?</svg>)}gs) {
                my ($id, $svg) = ($1, $2);
                $svg =~ s/&nbsp;/&#160;/g;
                open my $file, ">", "$ENV{PICTURES}/$id-$ENV{NAME}.svg" or die "$id: $!\n";
                print $file "$svg\n";
                close $file or die "$id: $!\n";
            }'
}

export PICTURES=$2
draw light 1
draw dark 0
ls "$2"
