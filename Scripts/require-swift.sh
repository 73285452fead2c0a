#!/usr/bin/env bash
# Checks that a Swift 6.3 toolchain is on the PATH (or in HOOKE_TOOLCHAIN), and says how to get one.
set -euo pipefail

swift=${HOOKE_TOOLCHAIN:+$HOOKE_TOOLCHAIN/usr/bin/}swift
if ! version=$("$swift" --version 2>/dev/null); then
    echo "No Swift toolchain found. Install Swift 6.3 for Debian 12 from swift.org and put its usr/bin on the PATH," >&2
    echo "or set HOOKE_TOOLCHAIN to the folder that holds its usr." >&2
    exit 1
fi
case $version in
    *"Swift version 6.3"*) ;;
    *)
        echo "Hooke needs Swift 6.3; found: $(head -n 1 <<<"$version")." >&2
        echo "Install Swift 6.3 for Debian 12 from swift.org and put its usr/bin first on the PATH, or set HOOKE_TOOLCHAIN." >&2
        exit 1 ;;
esac
