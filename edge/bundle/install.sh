#!/bin/sh
# Installs Andon from this folder alone, without a network; updates what it installed before, and rolls it back.
# usage: ./install.sh [--prefix DIR] [--python PYTHON] [--host ADDRESS] [--port NUMBER] [--no-service]
#        ./install.sh --rollback [--prefix DIR] [--no-service]
set -eu
here=$(cd "$(dirname "$0")" && pwd)

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in ja*) tongue=ja ;; *) tongue=en ;; esac
say() { if [ "$tongue" = ja ]; then echo "$1"; else echo "$2"; fi; } # say JAPANESE ENGLISH
fail() { say "andon: $1" "andon: $2" >&2; exit 1; }

if [ "$(id -u)" = 0 ]; then prefix=/opt/andon; else prefix=$HOME/andon; fi
python='' host=127.0.0.1 port=7860 service=yes rollback=no
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=$2; shift 2 ;;
    --python) python=$2; shift 2 ;;
    --host) host=$2; shift 2 ;;
    --port) port=$2; shift 2 ;;
    --no-service) service=no; shift ;;
    --rollback) rollback=yes; shift ;;
    *) sed -n '2,4p' "$0"; exit 2 ;;
  esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac

has_systemd() { [ "$service" = yes ] && command -v systemctl >/dev/null 2>&1 && [ -d /run/systemd/system ]; }
if [ "$(id -u)" = 0 ]; then
  unit=/etc/systemd/system/andon.service
  control() { systemctl "$@"; }
else
  unit=$HOME/.config/systemd/user/andon.service
  control() { systemctl --user "$@"; }
fi
restart() { if has_systemd && [ -f "$unit" ]; then control restart andon; fi; }

point() { # point NAME RELEASE: a link that is switched in one step
  rm -f "$prefix/.$1" && ln -s "releases/$2" "$prefix/.$1" && mv -T "$prefix/.$1" "$prefix/$1"
}
release_of() { [ -L "$prefix/$1" ] && basename "$(readlink "$prefix/$1")"; }

if [ "$rollback" = yes ]; then
  before=$(release_of previous) || fail "$prefix に前の版がありません。" "There is no earlier release in $prefix."
  now=$(release_of current) || now=$before
  [ -x "$prefix/releases/$before/venv/bin/andon" ] ||
    fail "前の版 $before が壊れています。" "The earlier release $before is damaged."
  point current "$before"
  point previous "$now"
  restart
  say "$before に戻しました($now は残してあります。データはそのままです)。" \
    "Back to $before; $now is kept, the data is as it was."
  exit 0
fi

# everything that can be known to fail is looked at before anything is written
need() { # need PROGRAM PACKAGE
  command -v "$1" >/dev/null 2>&1 || fail "$1 がありません。次で入れてください: sudo apt-get install $2" \
    "$1 is missing. Install it with: sudo apt-get install $2"
}
need sha256sum coreutils
[ -f "$here/bundle.env" ] || fail "$here は配布フォルダではありません。" "$here is no bundle."
say "==> ファイルを照合しています" "==> Checking the files"
if ! (cd "$here" && sha256sum --check --quiet --strict SHA256SUMS >/tmp/andon-check.$$ 2>&1); then
  sed 's/^/    /' /tmp/andon-check.$$ >&2; rm -f /tmp/andon-check.$$
  fail "ファイルが壊れているか足りません。もう一度コピーしてください。" \
    "Files are damaged or missing. Copy the folder here again."
fi
rm -f /tmp/andon-check.$$
RELEASE='' BOARD='' ARCHITECTURE='' PYTHON_VERSION='' PYTHON_LEAST='' LLAMA='' BUILD_ARGS='' NVCC='' INSTRUCTIONS='' NEEDED_MB=0
# shellcheck source=/dev/null
. "$here/bundle.env"

[ "$(uname -m)" = "$ARCHITECTURE" ] || fail "この配布フォルダは $ARCHITECTURE($BOARD)用です。この機器は $(uname -m) です。" \
  "This bundle is for $ARCHITECTURE ($BOARD); this box is $(uname -m)."
if [ -z "$python" ]; then
  python=python$PYTHON_VERSION
  command -v "$python" >/dev/null 2>&1 || python=python3
fi
need "$python" "python$PYTHON_VERSION python$PYTHON_VERSION-venv"
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$found" = "$PYTHON_VERSION" ] || fail \
  "Python $PYTHON_VERSION が必要です($python は $found)。--python で指定するか、andon bundle --python $found で作り直してください。" \
  "Python $PYTHON_VERSION is needed; $python is $found. Name another with --python, or make the bundle with --python $found."
"$python" -c 'import sys; sys.exit(sys.version_info[:3] < tuple(map(int, sys.argv[1].split("."))))' "$PYTHON_LEAST" ||
  fail "Python $PYTHON_LEAST 以降が必要です($("$python" -V))。" "Python $PYTHON_LEAST or newer is needed; this is $("$python" -V)."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
  fail "Python の venv がありません。次で入れてください: sudo apt-get install python$PYTHON_VERSION-venv" \
    "Python's venv is missing. Install it with: sudo apt-get install python$PYTHON_VERSION-venv"
for instruction in $INSTRUCTIONS; do
  grep -qw "$instruction" /proc/cpuinfo || fail \
    "この CPU には $instruction 命令がありません。andon bundle --from-source で作り直してください。" \
    "This processor lacks $instruction, for which the bundle was compiled. Make it again with: andon bundle --from-source"
done
if [ "$LLAMA" = source ]; then
  need cc build-essential
  need c++ build-essential
  "$python" -c 'import sysconfig, os, sys; sys.exit(not os.path.exists(sysconfig.get_paths()["include"] + "/Python.h"))' ||
    fail "Python のヘッダがありません。次で入れてください: sudo apt-get install python$PYTHON_VERSION-dev" \
      "Python's headers are missing. Install them with: sudo apt-get install python$PYTHON_VERSION-dev"
  if [ -n "$NVCC" ] && [ ! -x "$NVCC" ]; then
    fail "CUDA コンパイラ $NVCC がありません。次で入れてください: sudo apt-get install nvidia-jetpack" \
      "The CUDA compiler $NVCC is missing. Install it with: sudo apt-get install nvidia-jetpack"
  fi
fi
place=$prefix
while [ ! -d "$place" ]; do place=$(dirname "$place"); done
[ -w "$place" ] || fail "$place に書き込めません。sudo で実行するか、--prefix を指定してください。" \
  "$place cannot be written. Run this with sudo, or name another folder with --prefix."
free_mb=$(df -Pk "$place" | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free_mb" -ge "$NEEDED_MB" ] || fail "ディスクの空きが $free_mb MB しかありません($NEEDED_MB MB 必要です)。" \
  "Only $free_mb MB of disk are free; $NEEDED_MB MB are needed."

release=$prefix/releases/$RELEASE
[ "$(release_of current || true)" != "$RELEASE" ] || {
  say "$RELEASE は導入済みです。" "$RELEASE is installed already."
  exit 0
}
rm -rf "$release"
mkdir -p "$release"
trap 'rm -rf "$release"' EXIT # what was begun and not finished goes; what ran before goes on running
step() { # step TITLE COMMAND...
  echo "==> $1"
  shift
  start=$(date +%s)
  if ! "$@" >"$prefix/install.log" 2>&1; then
    tail -n 25 "$prefix/install.log" >&2
    fail "失敗しました。詳細: $prefix/install.log" "This step failed; the whole log is in $prefix/install.log"
  fi
  echo "    $(($(date +%s) - start)) s"
}
pip() { "$release/venv/bin/python" -m pip --disable-pip-version-check "$@"; }

step "$(say 'Python 環境' 'Python environment')" "$python" -m venv "$release/venv"
# nothing but this folder, whatever pip is set up to use on this box
export PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS="$here/wheels" PIP_NO_CACHE_DIR=1
if [ "$LLAMA" = source ]; then
  source=$(ls "$here"/wheels/llama_cpp_python-*.tar.gz)
  key=$(echo "$(basename "$source") $BUILD_ARGS $found" | cksum | cut -d ' ' -f 1)
  built=$prefix/built/$key # an update with the same source and flags does not compile again
  if [ ! -d "$built" ]; then
    rm -rf "$built.new"
    mkdir -p "$built.new"
    # a compiler of CUDA kernels takes over 1 GB; more at once than the memory holds ends them all
    jobs=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
    cores=$(getconf _NPROCESSORS_ONLN)
    [ "$jobs" -ge 1 ] || jobs=1
    [ "$jobs" -le "$cores" ] || jobs=$cores
    export CMAKE_ARGS="$BUILD_ARGS" CMAKE_BUILD_PARALLEL_LEVEL="$jobs"
    step "$(say 'llama.cpp をこの機器用にコンパイル(数分から 1 時間)' 'llama.cpp, compiled for this box (minutes to an hour)')" \
      pip wheel --no-deps -w "$built.new" "$source"
    mv "$built.new" "$built"
  fi
  step "llama-cpp-python" pip install --no-deps "$built"/llama_cpp_python-*.whl
fi
step "$(say 'Python パッケージ' 'Python packages')" pip install andon
cp -R "$here/models" "$release/models"
"$release/venv/bin/python" -c 'import chromadb, fastapi, gradio, llama_cpp, onnxruntime, tokenizers' 2>"$prefix/install.log" ||
  fail "導入した部品が動きません。詳細: $prefix/install.log" "What was installed does not run; see $prefix/install.log"

if [ ! -f "$prefix/andon.toml" ]; then
  sed -e "s|@DATA@|$prefix/data|g" -e "s|@MODELS@|$prefix/current/models|g" -e "s|@HOST@|$host|" -e "s|@PORT@|$port|" \
    "$here/andon.toml" >"$prefix/andon.toml"
fi
if [ ! -d "$prefix/data" ]; then
  if [ -d "$here/data" ]; then cp -R "$here/data" "$prefix/data"; else mkdir -p "$prefix/data"; fi
fi
mkdir -p "$prefix/bin"
# shellcheck disable=SC2016 # what stands there is for the file
printf '#!/bin/sh\nexport ANDON_CONFIG="${ANDON_CONFIG:-%s}"\nexec "%s" "$@"\n' \
  "$prefix/andon.toml" "$prefix/current/venv/bin/andon" >"$prefix/bin/andon"
cp "$here/install.sh" "$prefix/bin/andon-install"
chmod 755 "$prefix/bin/andon" "$prefix/bin/andon-install"

trap - EXIT
old=$(release_of current || true)
[ -z "$old" ] || point previous "$old"
point current "$RELEASE"
for other in "$prefix"/releases/*; do # the two that a person may want are kept
  case $(basename "$other") in "$RELEASE" | "$old") ;; *) rm -rf "$other" ;; esac
done

if has_systemd; then
  if [ "$(id -u)" = 0 ]; then
    id andon >/dev/null 2>&1 || useradd --system --home-dir "$prefix" --shell /usr/sbin/nologin andon
    chown -R andon: "$prefix/data"
    # the system's user has no home; libraries that want one get the data folder
    user="User=andon\\nEnvironment=HOME=$prefix/data" wanted_by=multi-user.target
  else
    user='' wanted_by=default.target
    mkdir -p "$(dirname "$unit")"
  fi
  sed -e "s|@PREFIX@|$prefix|" -e "s|@USER@|$user|" -e "s|@WANTED_BY@|$wanted_by|" "$here/andon.service" >"$unit"
  control daemon-reload
  control enable andon >/dev/null 2>&1
  control restart andon
  [ "$(id -u)" = 0 ] || loginctl enable-linger "$(id -un)" 2>/dev/null || true # runs without anybody signed in
  say "サービスを開始しました。記録: journalctl -u andon" "The service runs. Its log: journalctl -u andon"
else
  say "開始するには: $prefix/bin/andon serve" "Start it with: $prefix/bin/andon serve"
fi
address=$(sed -n 's/^host = "\(.*\)"/\1/p' "$prefix/andon.toml"):$(sed -n 's/^port = \(.*\)/\1/p' "$prefix/andon.toml")
say "$RELEASE を導入しました: http://$address  確認: $prefix/bin/andon doctor" \
  "$RELEASE is installed: http://$address  Check it with: $prefix/bin/andon doctor"
[ -z "$old" ] || say "前の版 $old に戻すには: $prefix/bin/andon-install --rollback --prefix $prefix" \
  "Back to $old with: $prefix/bin/andon-install --rollback --prefix $prefix"
