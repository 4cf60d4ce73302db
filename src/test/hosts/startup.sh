#!/bin/sh
# What the agent costs at the start of a JVM and at its first process, as rows of a table: time and processor time in
# milliseconds, medians. Usage: startup.sh [ROUNDS]
. "$(dirname "$0")/common.sh"

"$java" $native_access -cp "$(class_path)" io.github.spawn4j.hosts.AgentCost "$jar" "$work" "${1:-15}" $native_access
