#!/bin/sh
# Tries the README as a new user would: from empty folders, with a Maven repository that is thrown away. Commands, code and what they
# print are taken out of README.md. Of each part it prints what was done, what came out and the seconds; it fails where that is not what
# the README promises. It builds a copy of the sources; with --built it takes this folder and what was built here.
# Usage: try.sh [--built]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
readme=$root/README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A signal by itself ends dash without the above.
trap 'exit 130' INT
trap 'exit 143' TERM
bin=${JAVA_HOME:+$JAVA_HOME/bin/}
repository=$work/maven
failed=0

# block TEXT: the README's first block of code with a line that begins so.
block() {
    awk -v text="$1" '
        /^```/ { if (inside && found) { printf "%s", lines; ended = 1; exit } inside = !inside; lines = ""; found = 0; next }
        inside { lines = lines $0 "\n"; if (index($0, text) == 1) found = 1 }
        END { exit !ended }' "$readme" || { echo "README.md has no block of code with \"$1\"" >&2; exit 1; }
}

# command_line TEXT: the line of such a block, without its comment.
command_line() {
    lines=$(block "$1")
    echo "$lines" | grep -F -- "$1" | sed 's/  *#.*//'
}

# try NAME FUNCTION: runs a part. Its standard output is for the user, the rest is shown if it fails.
try() {
    printf '\n=== %s\n' "$1"
    started=$(date +%s)
    # Not in an "if", where the shell would go on after what fails.
    set +e
    (set -e; "$2") 2>"$work/errors"
    status=$?
    set -e
    if [ $status = 0 ]; then
        echo "passed, $(($(date +%s) - started)) s"
    else
        cat "$work/errors"
        echo "FAILED, $(($(date +%s) - started)) s"
        failed=1
    fi
}

# typed FOLDER COMMAND: runs it there, as a user does.
typed() {
    echo "\$ $2"
    (cd "$1" && eval "$2")
}

# prints PROMISED ACTUAL: the lines of the one file are in the other, in this order. Versions and times may differ.
prints() {
    sed 's/^/    /' "$2"
    awk '
        { gsub(/[0-9]+(\.[0-9]+)+/, "N"); gsub(/[0-9]+ ms/, "N ms") }
        NR == FNR { promised[++count] = $0; next }
        FNR == 1 { at = 1 }
        at <= count && $0 == promised[at] { at++ }
        END { if (at > count) exit 0; print "the README promises: " promised[at == 0 ? 1 : at] > "/dev/stderr"; exit 1 }' "$1" "$2"
}

# Links to what this machine's Maven has fetched already. What Maven writes into afterwards is copied (sed makes a new file).
seed() {
    [ -d "$HOME/.m2/repository" ] || return 0
    cp -al "$HOME/.m2/repository" "$repository" 2>/dev/null || { rm -rf "$repository"; cp -a "$HOME/.m2/repository" "$repository"; }
    find "$repository" \( -name '_remote.repositories' -o -name '*.properties' -o -name 'maven-metadata*' \) -exec sed -i '' {} +
    rm -rf "$repository/io/github/spawn4j"
}

copy_sources() {
    sources=$work/spawn4j
    mkdir "$sources"
    (cd "$root" && git ls-files -z --cached --others --exclude-standard | tar c --null --ignore-failed-read -T - 2>/dev/null) |
        tar x -C "$sources"
}

install() {
    packages=$(command_line "apt-get install")
    command=$(command_line "mvn ")
    echo "left out, as it changes the machine: $packages"
    MAVEN_OPTS="$MAVEN_OPTS $skipped" typed "$sources" "$command" >"$work/output" 2>&1 || { cat "$work/output" >&2; return 1; }
    # Debian's Maven resets the colours of a terminal, even if there is none.
    sed 's/\x1b\[0m//g' "$work/output" >"$work/plain"
    cat "$work/plain"
    [ "$(sed 1d "$work/plain")" = "" ] || { echo "the README promises that Maven prints nothing" >&2; return 1; }
    ls "$repository"/io/github/spawn4j/spawn4j/*/*.jar | sed "s,$repository/,    ,"
}

# main FOLDER: the five lines, in a program that shows the log of a repository.
main() {
    lines=$(block 'CommandResult result = PidfdProcess.builder("git"')
    mkdir -p "$1"
    {
        echo "$lines" | grep '^import'
        echo "class Main {"
        echo "    public static void main(String[] args) throws Exception {"
        echo "        var repository = java.nio.file.Path.of(\"$work/log\");"
        echo "$lines" | grep -v '^import'
        echo "    }"
        echo "}"
    } >"$1/Main.java"
}

maven_project() {
    project=$work/with-maven
    main "$project/src/main/java"
    block "<dependency>" >"$work/dependency"
    sed -e "/@DEPENDENCY@/{r $work/dependency
        d}" "$here/pom.xml" >"$project/pom.xml"
    typed "$project" "mvn -q -B compile" >"$work/output" || { cat "$work/output" >&2; return 1; }
    sed 1q "$work/output"
    prints "$work/log.promised" "$project/target/output"
}

gradle_project() {
    project=$work/with-gradle
    main "$project/src/main/java"
    {
        echo "apply plugin: 'java'"
        echo "apply plugin: 'application'"
        echo "mainClassName = 'Main'"
        block 'repositories {'
    } >"$project/build.gradle"
    # What Maven has fetched is enough; the daemon would outlive this script.
    GRADLE_USER_HOME=$work/gradle GRADLE_OPTS="-Dmaven.repo.local=$repository" \
        typed "$project" "gradle --offline --no-daemon -q run" >"$work/output"
    prints "$work/log.promised" "$work/output"
}

tools_jar() {
    command=$(command_line "java -jar target/spawn4j-tools.jar run")
    typed "$sources" "$command" >"$work/output" 2>&1
    block 'program      ' >"$work/promised"
    sed -i "s,/usr/bin/git,$(command -v git)," "$work/promised"
    prints "$work/promised" "$work/output"
}

application() {
    folder=$work/unchanged
    mkdir "$folder"
    ln -s "$sources/target" "$folder/target"
    "${bin}javac" -d "$folder/classes" "$here/Application.java"
    "${bin}jar" --create --file "$folder/application.jar" --main-class Application -C "$folder/classes" .
    command=$(command_line "java -javaagent:")
    typed "$folder" "$command" >"$work/output" 2>&1
    block 'spawn4j: ' >"$work/promised"
    prints "$work/promised" "$work/output"
}

git init -q "$work/log"
git -C "$work/log" -c user.name=newcomer -c user.email= commit -q --allow-empty -m "Begin"
git -C "$work/log" log --oneline >"$work/log.promised"
[ -z "$bin" ] || PATH=$bin:$PATH
MAVEN_OPTS="${MAVEN_OPTS:-} -Dmaven.repo.local=$repository"

seed
if [ "${1:-}" = --built ]; then
    sources=$root
    # As the jars that it depends on have other paths, Maven would compile, check and document everything again.
    skipped="-Dmaven.main.skip=true -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dspotless.check.skip=true"
else
    skipped=
    copy_sources
fi
export PATH MAVEN_OPTS
try "build and install" install
try "a Maven project" maven_project
if ! command -v gradle >/dev/null; then
    printf '\n=== a Gradle project: skipped, gradle is not installed\n'
elif ! gradle --version >"$work/version" 2>&1; then
    printf '\n=== a Gradle project: skipped, gradle does not start on this JDK\n'
else
    try "a Gradle project, $(grep '^Gradle' "$work/version")" gradle_project
fi
try "the first command of the tools jar" tools_jar
try "an unchanged application under the agent" application
exit $failed
