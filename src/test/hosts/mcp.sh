#!/bin/sh
# A session with the reference server of the Model Context Protocol, from npm: how long its parts take, and how it ends, without spawn4j
# and with it, also behind a shell as npx has one. Rows of a table. Needs node and npm. Usage: mcp.sh
. "$(dirname "$0")/common.sh"
command -v npm >/dev/null || { echo "npm is missing" >&2; exit 1; }
(cd "$work" && npm install --silent --no-audit --no-fund @modelcontextprotocol/server-everything >"$work/log" 2>&1) ||
    { cat "$work/log" >&2; exit 1; }
server=$work/node_modules/@modelcontextprotocol/server-everything/dist/index.js
class_path=$(class_path)

# session WAY COMMAND...: what it takes, and who has survived it
session() {
    "$java" $native_access -cp "$class_path" io.github.spawn4j.hosts.McpSession "$@" 2>/dev/null
    survivors=$(pgrep -f "^node $server" | wc -l)
    echo "left|$survivors"
    pgrep -f "^node $server" | xargs -r kill 2>/dev/null || true # it may have ended by itself
}

for way in JDK spawn4j; do
    session $way node "$server" stdio >"$work/$way"
    session $way sh -c "node '$server' stdio; exit \$?" >"$work/$way-shell"
done
paste -d'|' "$work/JDK" "$work/spawn4j" "$work/JDK-shell" "$work/spawn4j-shell" |
    awk -F'|' '{ print "| " $1 " | " $2 " | " $4 " | " $6 " | " $8 " |" }'
if grep -q 'left|[^0]' "$work/spawn4j" "$work/spawn4j-shell"; then
    echo "a server has survived" >&2
    exit 1
fi
