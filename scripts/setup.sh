#!/usr/bin/env bash
# Makes the virtual environment from the hash-locked requirements. Says what is missing and the line that installs it.
set -euo pipefail
python=$1 venv=$2

"$python" - <<'PY' || exit 1
import platform, sys
if not (3, 11) <= sys.version_info[:2] < (3, 13):
    sys.exit(f"Python {platform.python_version()} will not do: Water Hub needs 3.11 or 3.12\n"
             "    install it:  sudo apt-get install python3.11 python3.11-venv   then: make PYTHON=python3.11 demo")
if platform.machine() != "x86_64":
    sys.exit("the hydraulic engine's wheels are for x86-64 only")
PY
"$python" -c 'import ensurepip' 2>/dev/null || {
  echo "python3-venv is missing"
  echo "    install it:  sudo apt-get install python3-venv"
  exit 1
}

echo "· virtual environment in $venv"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "· installer (uv)"
awk '/^uv==/ { on = 1 } on { print } on && !/\\$/ { exit }' requirements.lock > "$venv/uv.txt"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$venv/uv.txt"
echo "· dependencies, each checked against its hash (requirements.lock)"
"$venv/bin/uv" pip install --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes -r requirements.lock
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation -e .
# where Python may not write bytecode (PYTHONDONTWRITEBYTECODE), every process would compile all of it at its start
"$venv/bin/python" -m compileall -q alarms api collectors core hub public_portal response simulators
touch "$venv/.ready"
