#!/usr/bin/env bash
# Fetches a Python for aarch64 and what the NPU's binding needs into FOLDER, for tests/bench_rkllm.py --aarch64 FOLDER.
# Debian or Ubuntu with qemu-user-static; nothing is installed into the system.
#   scripts/aarch64_python.sh FOLDER
set -euo pipefail
folder=$(mkdir -p "${1:?which folder}" && cd "$1" && pwd)
cd "$folder"
mkdir -p lists/partial debs root wheels site
sources=(-o Dir::State::lists="$folder/lists" -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State::status=/dev/null)
apt-get "${sources[@]}" update -qq
python=$(apt-cache "${sources[@]}" depends python3-minimal | sed -n 's/.*Depends: \(python3\.[0-9]*\)-minimal/\1/p' | head -1)
(cd debs && apt-get "${sources[@]}" download -qq "$python-minimal" "lib$python-minimal" "lib$python-stdlib" \
  libc6 libffi8 libexpat1 zlib1g libgcc-s1 libstdc++6 libuuid1 libbz2-1.0 liblzma5)
for deb in debs/*.deb; do dpkg -x "$deb" root; done
python3 -m pip download -q --no-deps --platform manylinux2014_aarch64 --platform manylinux_2_17_aarch64 \
  --python-version "${python#python}" --only-binary :all: -d wheels \
  "tokenizers>=0.21,<0.24" markupsafe jinja2 pytest pytest-timeout pluggy iniconfig packaging pygments
for wheel in wheels/*.whl; do python3 -m zipfile -e "$wheel" site; done
rm -rf debs wheels lists
qemu-aarch64-static -L root "root/usr/bin/$python" -c 'import platform; print(platform.machine(), platform.python_version())'
