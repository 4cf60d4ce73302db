#!/usr/bin/env bash
# benchmarks.sh [REPORT.json]: has the report measured on this machine (ten minutes, nothing else should run), and writes its numbers and
# pictures into docs/benchmarks.md and README.md. With a report that was measured before, only the latter.
# benchmarks.sh --sample: tries all of it with next to no measurements, on copies in target/benchmarks/sample.
# Needs target/spawn4j-tools.jar (mvn package) and chromium.
set -euo pipefail
cd "$(dirname "$0")/../.."

jar=target/spawn4j-tools.jar
work=target/benchmarks
root=.
options=()
[ -f $jar ] || { echo "benchmarks.sh: there is no $jar; mvn package makes it" >&2; exit 2; }
mkdir -p $work

case ${1-} in
    --sample)
        root=$work/sample
        options=(--sample)
        rm -rf $root
        mkdir -p $root/docs
        cp README.md $root
        cp docs/benchmarks.md $root/docs
        ;&
    '')
        java -jar $jar report "${options[@]}" --json $work/report.json --html $work/report.html
        ;;
    *)
        [ $# = 1 ] && [ -f "$1" ] || { echo "usage: benchmarks.sh [REPORT.json | --sample]" >&2; exit 2; }
        [ "$1" -ef $work/report.json ] || cp "$1" $work/report.json
        java -jar $jar report --from $work/report.json --html $work/report.html
        ;;
esac

rm -rf $root/docs/benchmarks
src/jmh/pictures.sh $work/report.html $root/docs/benchmarks
cp $work/report.json $root/docs/benchmarks
java -jar $jar publish $work/report.json $root/docs/benchmarks.md $root/README.md --pictures $root/docs/benchmarks
