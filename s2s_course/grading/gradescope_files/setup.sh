#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image. A wheel of the course that is put beside this file is
# installed in place of the published one.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install -y --no-install-recommends bubblewrap ca-certificates
# The course needs Python 3.11 or newer; which of them there is depends on the image.
for version in 3.13 3.12 3.11; do
  if apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then
    python="python$version"
    break
  fi
done
"${python:?no Python from 3.11 to 3.13 could be installed}" -m venv /autograder/venv

course="{{wheel}}"
for wheel in /autograder/source/*.whl; do
  if [ -e "$wheel" ]; then
    course="$wheel"
  fi
done
pip="/autograder/venv/bin/python -m pip install --no-cache-dir"
$pip torch --index-url https://download.pytorch.org/whl/cpu # else libraries for GPUs would come with it
$pip "s2s-course[grade] @ ${course/#\//file:///}"
/autograder/venv/bin/s2s doctor || true # what it says stands in the log of the build
