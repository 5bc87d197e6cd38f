/**
 * `verify.sh` of bundle format 1, frozen: it is part of what the ETag of every
 * bundle pins. It runs under any POSIX shell (dash, bash, BusyBox) and needs no
 * program that BusyBox lacks, hence `uniq -u` where `comm` would be the usual
 * word, and no option of `sha256sum` other than `-c`.
 *
 * `sha256sum -c` alone would accept a file that no manifest lists, and skip a line
 * of a manifest that it cannot read; both are checked before it runs.
 */
export const verifyScript = String.raw`#!/bin/sh
# Checks this bundle with the programs that every system has:
#
#     sh verify.sh sha256:<64 hex digits>
#
# Take the digest from the place that cites the record. A digest found inside the
# bundle proves nothing, and neither does this script if you do not trust where it
# came from; so read it, it is short. By hand: "sha256sum data/record.json" must
# give the digest of the citation.
#
# What it says about a payload file is that the record names these bytes. README.md
# is made from the record, and the files in stele/ speak for themselves: the
# receipt is signed, the runner is pinned by the receipt.
#
# Exit code: 0 all is well, 1 something is wrong, 2 not able to check.
set -eu
LC_ALL=C
export LC_ALL
unset CDPATH

fail() {
  echo "FAIL $1" >&2
  exit 1
}
unable() {
  echo "$1" >&2
  exit 2
}

[ $# -le 1 ] || unable "usage: sh verify.sh sha256:<64 hex digits>"
expected=""
if [ $# -eq 1 ]; then
  expected=$1
  printf '%s\n' "$expected" | grep -q '^sha256:[0-9a-f]\{64\}$' ||
    unable "expected sha256: and 64 lower-case hex digits, found: $expected"
fi

if command -v sha256sum >/dev/null 2>&1; then
  sha256() { sha256sum "$@"; }
elif command -v shasum >/dev/null 2>&1; then
  sha256() { shasum -a 256 "$@"; }
else
  unable "neither sha256sum nor shasum is installed"
fi

cd "$(dirname "$0")"
t=$(mktemp -d) || exit 2
trap 'rm -rf "$t"' EXIT
trap 'exit 2' HUP INT TERM

# 1. Files and directories only.
find . ! -type f ! -type d >"$t/odd" || fail "a directory cannot be read"
if [ -s "$t/odd" ]; then
  cat "$t/odd" >&2
  fail "links or special files"
fi

# 2. Every line of the manifests has the one form that leaves no doubt.
for file in manifest-sha256.txt tagmanifest-sha256.txt data/record.json; do
  [ -f "$file" ] || fail "$file is missing"
done
if grep -v '^[0-9a-f]\{64\}  data/[^\\]*$' manifest-sha256.txt >&2; then
  fail "lines of manifest-sha256.txt that are not understood"
fi
if grep -v '^[0-9a-f]\{64\}  [a-z][a-z0-9./-]*$' tagmanifest-sha256.txt >&2; then
  fail "lines of tagmanifest-sha256.txt that are not understood"
fi

# 3. The files that are listed are here, and no others.
sed 's/^[0-9a-f]\{64\}  //' manifest-sha256.txt tagmanifest-sha256.txt >"$t/names"
echo tagmanifest-sha256.txt >>"$t/names"
sort "$t/names" >"$t/listed"
find . -type f >"$t/found" || fail "a directory cannot be read"
sed 's|^\./||' "$t/found" | sort >"$t/present"
if ! cmp -s "$t/listed" "$t/present"; then
  sort "$t/listed" "$t/present" "$t/present" | uniq -u | sed 's/^/missing: /' >&2
  sort "$t/present" "$t/listed" "$t/listed" | uniq -u | sed 's/^/not listed: /' >&2
  fail "the files are not those that the manifests list"
fi

# 4. Every file has the digest that is listed.
for file in tagmanifest-sha256.txt manifest-sha256.txt; do
  if ! sha256 -c "$file" >"$t/log" 2>&1; then
    grep -v ': OK$' "$t/log" >&2 || :
    fail "changed files"
  fi
done

# 5. The record is the one that was cited.
sha256 data/record.json >"$t/record"
record=sha256:$(cut -c 1-64 "$t/record")
if [ -n "$expected" ] && [ "$record" != "$expected" ]; then
  fail "this is the record $record, expected $expected"
fi

# 6. The record names the bytes of every payload file.
tr '"' '\n' <data/record.json | sed -n 's/^sha256:\([0-9a-f]\{64\}\)$/\1/p' | sort -u >"$t/named"
grep -v '^[0-9a-f]\{64\}  data/\(record\.json\|README\.md\)$' manifest-sha256.txt >"$t/blobs" || :
cut -c 1-64 "$t/blobs" | sort -u >"$t/carried"
sort "$t/carried" "$t/named" "$t/named" | uniq -u >"$t/strange"
if [ -s "$t/strange" ]; then
  grep -F -f "$t/strange" "$t/blobs" >&2
  fail "files that the record does not name"
fi

if [ -z "$expected" ]; then
  echo "The files of this bundle agree with each other. Whether this is the record you want"
  echo "is for you to see: compare the digest below with the one in the citation."
fi
echo "OK $record"
`
