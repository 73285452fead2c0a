#!/usr/bin/env bash
# Builds and runs Tests/Kernels under the sanitizers: first address and undefined behaviour, then threads.
set -euo pipefail
cd "$(dirname "$0")/.."

clang=$(readlink -f "$(command -v "${HOOKE_TOOLCHAIN:+$HOOKE_TOOLCHAIN/usr/bin/}clang")")
# The toolchain's thread sanitizer knows Dispatch, and has to be linked with it.
swift=$(dirname "$clang")/../lib/swift/linux
folder=.build/kernel-tests
mkdir -p "$folder"
for sanitizers in address,undefined thread; do
    libraries=()
    [ "$sanitizers" = thread ] && libraries=("-L$swift" "-Wl,-rpath,$swift" -ldispatch -lBlocksRuntime)
    "$clang" -fuse-ld=lld -O2 -g -fno-omit-frame-pointer -fno-sanitize-recover=all "-fsanitize=$sanitizers" -fno-sanitize=alignment -Wall -Wextra \
        -Wno-psabi -Wno-pass-failed -ISources/CVector/include Sources/CVector/*.c Tests/Kernels/kernels.c -lm -lpthread "${libraries[@]}" \
        -o "$folder/kernels-$sanitizers"
    echo "Kernels with -fsanitize=$sanitizers:"
    HOOKE_THREADS=4 ASAN_OPTIONS=detect_leaks=0 "$folder/kernels-$sanitizers"
done
