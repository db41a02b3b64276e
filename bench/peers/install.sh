#!/usr/bin/env bash
# What the benches put beside the hub, in pinned versions: nothing of it is installed into the system, and the
# hub itself needs none of it.      bench/peers/install.sh [node|collectd|thingsboard|telegraf|victoria ...]
# Without words: all five, about 500 MB in ~/.cache/waterhub/peers. Needs npm, Debian's apt-get, python3, go.
set -uo pipefail
cd "$(dirname "$0")"
home="${XDG_CACHE_HOME:-$HOME/.cache}/waterhub/peers"

node() { # Node-RED with its Modbus nodes, modbus-serial, mqtt.js
  [ -e "$home/node/done" ] || {
    mkdir -p "$home/node" && cp package.json package-lock.json "$home/node" &&
      npm ci --ignore-scripts --omit=optional --no-audit --no-fund --prefix "$home/node" && touch "$home/node/done"
  }
}

collectd() { # taken apart, not installed: the package would start a daemon
  [ -x "$home/collectd/usr/sbin/collectd" ] || {
    local at
    at="$(mktemp -d)"
    (cd "$at" && apt-get download collectd-core && dpkg -x collectd-core_5.12.0-*.deb "$at/is") || return 1
    mkdir -p "$home" && mv "$at/is" "$home/collectd" && rm -r "$at"
  }
  if ldd "$home/collectd/usr/lib/collectd/modbus.so" | grep "not found"; then
    echo "its plugin needs: apt-get install libmodbus5" && return 1
  fi
}

thingsboard() { # with the pymodbus and pyserial that it would install by itself at its first start
  [ -e "$home/thingsboard/done" ] || {
    python3 -m venv "$home/thingsboard" &&
      "$home/thingsboard/bin/pip" install -q --disable-pip-version-check thingsboard-gateway==3.8.5 \
        tb-mqtt-client==1.13.13 pymodbus==3.9.2 pyserial==3.5 pyserial-asyncio==0.6 &&
      touch "$home/thingsboard/done"
  }
}

victoria() { # VictoriaMetrics, taken apart like collectd
  [ -x "$home/victoria-metrics/usr/bin/victoria-metrics" ] || {
    local at
    at="$(mktemp -d)"
    (cd "$at" && apt-get download victoria-metrics && dpkg -x victoria-metrics_1.79.*.deb "$at/is") || return 1
    mkdir -p "$home" && mv "$at/is" "$home/victoria-metrics" && rm -r "$at"
  }
}

telegraf() { ../../tests/servers/telegraf/build.sh; }

[ $# -gt 0 ] || set -- node collectd thingsboard telegraf victoria
failed=()
for peer in "$@"; do
  echo "· $peer"
  "$peer" || failed+=("$peer")
done
[ ${#failed[@]} -eq 0 ] || { echo "not installed: ${failed[*]}; the benches leave them out" >&2 && exit 1; }
