#!/bin/sh
# Whether .ci/run can be fooled: it runs tables of stages that are made here. Also runs shellcheck
# over the scripts that the other checks rely on.
#   sh tests/ci/run.sh       ends with `N passed, N failed`
# shellcheck disable=SC2016 # the stages expand these themselves
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$PWD/build/ci-test
export CUC_STAGES="$dir/stages" D="$dir/state"
passed=0 failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $1"; }

table() { # stages, from standard input
    rm -rf "$dir"
    mkdir -p "$D" && cat >"$CUC_STAGES"
}

expect() { # what is promised, exit status, pattern for all that is printed, [NAME=VALUE...] COMMAND
    what=$1 status=$2 pattern=$3
    shift 3
    env -u CI -u CUC_ALL CUC_NO_INSTALL=1 "$@" >"$dir/said" 2>&1
    got=$?
    # shellcheck disable=SC2254
    case "$got:$(cat "$dir/said")" in
    "$status":$pattern) ok ;;
    *)
        bad "$what: exit status $got, not $status, or what it prints is not like $pattern"
        sed 's/^/    /' "$dir/said"
        ;;
    esac
}

# ---- names ---------------------------------------------------------------------------------------

table <<'END'
stage one   paired 9 '' echo 1 passed, 0 failed
stage two   paired 9 '' 'touch "$D/two"; echo two: 2 passed, 0 failed, 1 skipped'
stage three alone  9 '' 'echo 5 failed; echo demo: 3 steps, each as it is said above'
END
expect 'a misspelt stage is refused, with the list' 2 "*'tow'; there are: one two three" \
    .ci/run one tow
expect 'an empty name is refused' 2 '*there are: one two three' .ci/run ''
expect 'two names in one word are refused' 2 '*there are: one two three' .ci/run 'one two'
expect 'one stage can run without the others' 0 'one: ok ? s, 1 passed
1 passed, 0 failed' .ci/run one
expect 'two stages run, in the order of the table' 0 'one: ok*three: ok*
4 passed, 0 failed' .ci/run three one
if [ -e "$D/two" ]; then bad 'a stage ran that was not named'; else ok; fi
expect 'without names all stages run' 0 '*three: ok ? s, 3 passed
6 passed, 0 failed' .ci/run

table <<'END'
stage one paired 9 '' echo 1 passed, 0 failed
stage one paired 9 '' echo 1 passed, 0 failed
END
expect 'a name may not be used twice' 2 '*two stages are named one' .ci/run
table <<'END'
stage one single 9 '' echo 1 passed, 0 failed
END
expect 'a stage has to say how it runs' 2 '*alone or paired*' .ci/run
table </dev/null
expect 'a table without stages fails' 2 '*no stage' .ci/run
rm "$CUC_STAGES"
expect 'a table that is not there fails' 2 '*no table*' .ci/run

# ---- verdicts ------------------------------------------------------------------------------------

table <<'END'
stage good   paired 9 '' echo 2 passed, 0 failed
stage empty  paired 9 '' true
stage none   paired 9 '' echo 0 passed, 0 failed
stage talk   paired 9 '' echo all of 7 passed, 0 failed
stage failed paired 9 '' echo 3 passed, 2 failed
stage status paired 9 '' 'echo 4 passed, 0 failed; exit 3'
stage last   paired 9 '' 'echo 4 passed, 0 failed; echo 0 passed, 0 failed'
stage late   paired 1 '' 'echo 4 passed, 0 failed; sleep 5'
stage killed paired 9 '' 'echo 4 passed, 0 failed; kill -9 $$'
END
expect 'a stage that prints no count fails' 1 '*no check has passed*
0 passed, 1 failed' .ci/run empty
expect 'a stage that counts 0 checks fails' 1 '*none: FAIL*
0 passed, 1 failed' .ci/run none
expect 'a count within a sentence is none' 1 '*talk: FAIL*
0 passed, 1 failed' .ci/run talk
expect 'failed checks fail a stage that exits with 0' 1 '*failed: FAIL*
3 passed, 2 failed' .ci/run failed
expect 'an exit status fails a stage whose checks passed' 1 '*exit status 3*
4 passed, 1 failed' .ci/run status
expect 'only the last count counts' 1 '*last: FAIL*
0 passed, 1 failed' .ci/run last
expect 'a stage that takes too long fails' 1 '*not done after 1 s*
4 passed, 1 failed' .ci/run late
expect 'a stage that is killed fails' 1 '*killed: FAIL*
4 passed, 1 failed' .ci/run killed
expect 'one failure among others fails the run' 1 '*good: ok*
2 passed, 1 failed' .ci/run good empty

# ---- what is missing -----------------------------------------------------------------------------

table <<'END'
stage good  paired 9 '' echo 2 passed, 0 failed
stage tool  paired 9 no-such-tool 'touch "$D/tool"; echo 1 passed, 0 failed'
stage parts paired 9 '' 'echo skipped: a part; echo skipped: another; echo 1 passed, 0 failed'
stage flag  paired 9 '' 'test -n "$CUC_ALL" && echo 1 passed, 0 failed'
END
skipped='skipped: tool: all of it, for want of no-such-tool'
expect 'a missing tool is skipped by name' 0 "*tool: skipped*
$skipped
2 passed, 0 failed" .ci/run good tool
expect 'a missing tool fails with CUC_ALL' 1 '*tool: FAIL*missing: no-such-tool*
2 passed, 1 failed' CUC_ALL=1 .ci/run good tool
expect 'a missing tool fails with CI' 1 '*tool: FAIL*
2 passed, 1 failed' CI=true .ci/run good tool
expect 'an empty CUC_ALL wins over CI' 0 "*$skipped*" CI=true CUC_ALL= .ci/run good tool
if [ -e "$D/tool" ]; then bad 'a stage ran without its tool'; else ok; fi
expect 'a run that checked nothing fails' 1 '*
0 passed, 1 failed' .ci/run tool
expect 'what a stage skips is named before the last line' 0 '*
skipped: parts: a part; parts: another
3 passed, 0 failed' .ci/run good parts
expect 'what a stage skips is a failure with CUC_ALL' 1 '*nothing may be skipped*
1 passed, 1 failed' CUC_ALL=1 .ci/run parts
expect 'CI sets CUC_ALL for the stages' 0 '*1 passed, 0 failed' CI=true .ci/run flag
expect 'without either CUC_ALL is not set' 1 '*0 passed, 1 failed' .ci/run flag
show='show: ; @echo "all=$$CUC_ALL"'
expect 'make sets CUC_ALL from CI' 0 'all=1' CI=true make -s --eval="$show" show
expect 'make without CI leaves it unset' 0 'all=' make -s --eval="$show" show

# ---- two at a time -------------------------------------------------------------------------------

# A directory in $D stands for a stage that is running.
table <<'END'
run='mkdir "$D/$$"; ls "$D" | wc -l >>"$D.most"; sleep 0.5; rmdir "$D/$$"; echo 1 passed, 0 failed'
for n in 1 2 3 4; do stage "pair$n" paired 9 '' "$run"; done
stage single alone 9 '' 'test -z "$(ls "$D")" || exit 1; touch "$D.single";' "$run; rm \"\$D.single\""
for n in 5 6; do stage "pair$n" paired 9 '' "test ! -e \"\$D.single\" || exit 1; $run"; done
END
expect 'seven stages run, one of them alone' 0 '*7 passed, 0 failed' .ci/run
most=$(sort -n "$D.most" | tail -n 1)
if [ "$most" = 2 ]; then ok; else bad "$most stages ran at once, not 2"; fi

# ---- surroundings --------------------------------------------------------------------------------

table <<'END'
stage proxy paired 9 '' 'env | grep -i _proxy= || echo 1 passed, 0 failed'
stage input paired 9 '' 'read -r line || echo 1 passed, 0 failed'
END
expect 'no stage sees a proxy' 0 '*1 passed, 0 failed' http_proxy=http://127.0.0.1:1 ALL_PROXY=x \
    HTTPS_PROXY=x no_proxy=x .ci/run proxy
expect 'no stage reads the standard input' 0 '*1 passed, 0 failed' \
    sh -c 'echo line | .ci/run input'

# ---- the project's own ---------------------------------------------------------------------------

unset CUC_STAGES
expect 'the project has its stages' 2 '*there are: test ci *' .ci/run siez
if command -v shellcheck >/dev/null 2>&1; then
    expect 'shellcheck finds nothing' 0 '' shellcheck -x .ci/run .ci/stages tests/ci/run.sh \
        tests/install.sh examples/check.sh
else echo 'skipped: shellcheck'; fi

echo "$passed passed, $failed failed"
[ $failed = 0 ]
