# For the tests here: a directory that goes away, the emitted files of the example layout in it, and how to complain.
set -euo pipefail
outboot=$(realpath "$1")
tree=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../..")
here=$tree/tests/layout/arm
layout=$tree/examples/ra6m4/layout.toml
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
cd "$temporary"
"$outboot" layout emit "$layout" -o emitted

fail() { echo "${0##*/}: $*" >&2; exit 1; }

# The value of a symbol, as nm prints it.
address_of() { # ELF, symbol
  arm-none-eabi-nm "$1" | awk -v symbol="$2" '$3 == symbol { print "0x" $1 }'
}

# The command must fail, with these words.
must_fail() { # words, command...
  local words=$1; shift
  if "$@" >log 2>&1; then fail "this must fail: $*"; fi
  grep -qF "$words" log || { cat log; fail "it doesn't say: $words"; }
}
