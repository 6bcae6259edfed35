#!/bin/sh
# Makes .venv with what "demo" or "test" needs. Does nothing when that is there already, so it also works offline.
# usage: scripts/install.sh demo|test [python]
set -eu
cd "$(dirname "$0")/.."
what=$1
python=${2:-python3}

need() { # need PROGRAM PACKAGE: one line that says which package to install
  command -v "$1" >/dev/null 2>&1 || { echo "andon: $1 is missing. Install it with: sudo apt-get install $2" >&2; exit 1; }
}

case $what in
  demo) extras= ;; # what a box needs; no torch
  test) extras=[dev] ;;
  *) echo "usage: scripts/install.sh demo|test [python]" >&2; exit 2 ;;
esac

need "$python" "python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
  echo "andon: Python 3.10 or newer is needed; $python is $("$python" -V 2>&1). Name another with: make $what PYTHON=python3.11" >&2
  exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || {
  echo "andon: Python's venv module is missing. Install it with: sudo apt-get install python3-venv" >&2
  exit 1
}

wanted=$(cat pyproject.toml constraints.txt scripts/install.sh | cksum | tr ' ' '-')
has() { [ -f ".venv/.andon-$1" ] && [ "$(cat ".venv/.andon-$1")" = "$wanted" ]; }
if has "$what" || { [ "$what" = demo ] && has test; }; then exit 0; fi

compiled() { [ -x .venv/bin/python ] && .venv/bin/python -c 'import llama_cpp' 2>/dev/null; }
if ! compiled; then # said before the long steps, not after them
  need cc build-essential
  need c++ build-essential
  need cmake cmake
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }

# a step with a clock, since pip is silent while it compiles: step "what" "how long" command...
step() {
  title=$1; estimate=$2; shift 2
  echo "==> $title ($estimate)"
  start=$(date +%s)
  "$@" >.venv/install.log 2>&1 &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    sleep 1
    spent=$(($(date +%s) - start))
    if [ -t 1 ]; then printf '\r    %d min %02d s' $((spent / 60)) $((spent % 60))
    elif [ "$spent" -gt 0 ] && [ $((spent % 60)) -eq 0 ]; then echo "    $((spent / 60)) min"; fi
  done
  if ! wait "$child"; then
    printf '\n'; tail -n 25 .venv/install.log >&2
    echo "andon: this step failed; the whole log is in .venv/install.log" >&2
    exit 1
  fi
  if [ -t 1 ]; then printf '\r\033[K'; fi
  echo "    done in $(($(date +%s) - start)) s"
}

if [ "$what" = test ]; then step "Python packages: PyTorch" "1-3 minutes" pip install -c constraints.txt torch; fi
if ! compiled; then
  # multimodal, server, tools and tests of llama.cpp are not used: leaving them out halves the build
  CMAKE_ARGS="${CMAKE_ARGS:-} -DLLAVA_BUILD=OFF -DMTMD_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF"
  export CMAKE_ARGS
  step "llama.cpp, compiled for this machine" "3-7 minutes on 2 cores, less where pip has it cached" \
    pip install -c constraints.txt 'llama-cpp-python>=0.3.36,<0.4'
fi
step "Python packages: the rest" "1-4 minutes" pip install -c constraints.txt -e ".$extras"
echo "$wanted" >".venv/.andon-$what"
