#!/usr/bin/env bash
# Builds the Lambda functions, as they are deployed: OUT/NAME/bootstrap each. The
# same sources give the same bytes, wherever they are built.
#
# Usage: .make/functions.sh arm64|amd64 OUT [NAME...]   (no NAME: all of them)
# FUNCTIONS_COMMIT is the commit that functions name in their logs; FUNCTIONS_FLAGS one more
# flag of go build, for tests that look into the binaries. Go itself would not note the
# commit in a linked worktree, and so would make other bytes there.
set -euo pipefail
arch=$1 out=$2
shift 2
mkdir -p "$out/.built"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")/.."
if [ $# -eq 0 ]; then
	for folder in bootstrap/cmd/*/; do
		name=$(basename "$folder")
		[ "$name" = evercart ] || set -- "$@" "$name"
	done
fi
# What waits for the network anyway, runs once, or only leads to assembly, is not inlined: a
# tenth less to load at each cold start.
lean=()
for packages in 'github.com/aws/...' 'go.uber.org/...' 'net/...' 'vendor/...' 'crypto/des' 'crypto/rc4' 'crypto/tls' 'crypto/x509/...' 'encoding/...' 'regexp/...' 'hash/...' 'math/rand/...' 'bytes' 'strings' \
	'crypto/ecdh' 'crypto/ecdsa' 'crypto/ed25519' 'crypto/elliptic' 'crypto/hkdf' 'crypto/hmac' 'crypto/hpke' 'crypto/mlkem' 'crypto/rsa' 'crypto/internal/fips140/ecdsa' 'crypto/internal/fips140/rsa' 'crypto/internal/fips140/nistec' \
	'math/big' 'fmt' 'os/...' 'mime/...' 'log/...' 'time' 'reflect' 'context' 'bufio' 'sort' 'embed' 'syscall' 'internal/poll' 'internal/godebug' \
	'internal/fmtsort' 'internal/syscall/...' 'io/fs' 'path/...' 'github.com/caarlos0/...' \
	'github.com/evercart/evercart/bootstrap/...' 'github.com/evercart/evercart/adapters/lambdafn' 'github.com/evercart/evercart/adapters/s3archive' 'github.com/evercart/evercart/adapters/sqsreplay' 'github.com/evercart/evercart/adapters/dynamostore'; do
	lean+=("-gcflags=$packages=-l")
done
CGO_ENABLED=0 GOOS=linux GOARCH=$arch GOFLAGS=-mod=readonly go build -tags lambda.norpc -trimpath -buildvcs=false "${lean[@]}" -ldflags "-s -w -buildid= -X github.com/evercart/evercart/bootstrap/functions.commit=${FUNCTIONS_COMMIT:-}" ${FUNCTIONS_FLAGS:-} \
	-o "$out/.built/" "${@/#/./bootstrap/cmd/}"
for name; do
	mkdir -p "$out/$name"
	mv "$out/.built/$name" "$out/$name/bootstrap"
done
rmdir "$out/.built"
