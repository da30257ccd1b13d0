#!/usr/bin/env bash
# A gate for a model version: audit the saved run, commit it, compare it with the version before,
# write a comment for the pull request, and fail when something became worse.
#
# usage: gate.sh RUN CLAIM SLUG COMMENT
#   RUN      folder of the saved run, with eval_info.json or what else `wf audit auto` knows
#   CLAIM    folder with claim.json and protocol.json, as registered
#   SLUG     the claim's name in the store
#   COMMENT  file to write the comment to (Markdown, at most 65,536 characters)
#
# environment: WF (the program, default: wf), WF_STORE (the store, default: the .wf found upward),
#   WF_MODEL_ID (recorded as the model's name), WF_FAIL_ON (regression, verdict or any; default:
#   regression).
#
# exit: 0 nothing became worse, or this is the first version; 1 it did; 2 the two versions cannot be
#   compared, so nothing can be said; other codes as in `wf help`.
set -euo pipefail
[ $# -eq 4 ] || { sed -n '2,18s/^# \{0,1\}//p' "$0"; exit 64; }
run=$1 claim=$2 slug=$3 comment=$4
wf=${WF:-wf}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A partial source (3) is still a package; anything else that is not 0 is an error.
status=0
"$wf" audit auto "$run" --claim-package "$claim" --raw "$run" \
  ${WF_MODEL_ID:+--model-id "$WF_MODEL_ID"} --output "$work/package" || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit "$status"
"$wf" commit "$work/package"

# The first version has nothing to be compared with.
versions=$("$wf" history "$slug" --last 2 --json | grep -o '"kind":"package"' | wc -l)
if [ "$versions" -lt 2 ]; then
  printf 'First version of `%s`: there is nothing to compare it with yet.\n' "$slug" > "$comment"
  exit 0
fi

# --public: a comment can be read by others, and digests of raw evidence are private data.
"$wf" diff "$slug" --format markdown --public --force --output "$comment" \
  --fail-on "${WF_FAIL_ON:-regression}"
