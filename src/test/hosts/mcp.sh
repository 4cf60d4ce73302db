#!/bin/sh
# A session with the reference server of the Model Context Protocol, from npm: how long its parts take, and how it ends, also
# behind a shell as npx has one. Rows of a table. Needs node and npm. Usage: mcp.sh
. "$(dirname "$0")/common.sh"
command -v npm >/dev/null || { echo "npm is missing" >&2; exit 1; }
(cd "$work" && npm install --silent --no-audit --no-fund @modelcontextprotocol/server-everything >"$work/log" 2>&1) ||
    { cat "$work/log" >&2; exit 1; }
server=$work/node_modules/@modelcontextprotocol/server-everything/dist/index.js
class_path=$(class_path)

session() {
    "$java" $native_access -cp "$class_path" io.github.spawn4j.hosts.McpSession "$@" 2>/dev/null
}

session node "$server" stdio >"$work/itself"
session sh -c "node '$server' stdio; exit \$?" >"$work/behind"
if pgrep -f "^node $server" >/dev/null; then
    echo "a server has survived" >&2
    exit 1
fi
paste -d'|' "$work/itself" "$work/behind" | awk -F'|' '{
    print "| " $1 " | " $2 " | " $4 ($1 == "end" ? ", nobody left" : "") " |"
}'
