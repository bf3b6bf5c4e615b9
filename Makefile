# connect_update_contact.h is one file; nothing here is needed to use it.

H         := connect_update_contact.h
B         := build
#: PREFIX=/usr/local DESTDIR=   where `make install` copies to; PREFIX may be relative
PREFIX    ?= /usr/local
#: CUC_DATA=../shared/data      data of others, which tests read there; tests/README.md lists it
CUC_DATA  ?= ../shared/data
#: CUC_ALL=1                    what is missing is a failure, not a skip; CI=true means the same
CUC_ALL   ?= $(if $(CI),1)
#: CUC_NO_INSTALL=1             say what is missing, install nothing
#: FREEZE=1                     size, bench, coverage: keep the figures of today
#: MODEL=FILE                   model: compare this service-2.json
#: CLIENT=NAME                  https: only this example
#: TOOL_TESTS='NAME...'         tool-test: only these groups
#: SECONDS_EACH=60              fuzz: for each harness
SECONDS_EACH ?= 60
#: SAN= WERROR= EXTRA=          test: sanitizers, -Werror, further flags of the compiler CC
SAN       ?= -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
WERROR    ?= -Werror
WARN      := -Wall -Wextra -Wpedantic $(WERROR)
CSTD      := -std=c99 -D_POSIX_C_SOURCE=200809L
export CUC_ALL CUC_DATA CC

# Two jobs, unless the user said how many. Make 4.3 knows that in recipes only.
JOBS       = $(if $(findstring -j,$(MAKEFLAGS)),,-j2)
SUBMAKE    = +@$(MAKE) -s --no-print-directory $(JOBS)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

help: ## this list
	@sed -n 's/^\([a-z0-9_%-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14
	@echo; echo 'Variables, as in `make install PREFIX=out`:'
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

# ---- what a file needs stands in its first lines: `/* needs: libcurl openssl -lpthread */` -------

needs     = $(sort $(shell awk 'FNR <= 40 && sub(/.*needs: /, "") \
            { sub(/[^a-z0-9_. +-].*/, ""); print }' $(1) /dev/null))
modules   = $(filter-out -%,$(call needs,$(1)))
cflags    = $(if $(call modules,$(1)),$(shell pkg-config --cflags $(call modules,$(1)) 2>/dev/null))
libs      = $(if $(call modules,$(1)),$(shell pkg-config --libs $(call modules,$(1)) 2>/dev/null)) \
            $(filter -%,$(call needs,$(1)))
install    = @sh tests/install.sh

# ---- tests ---------------------------------------------------------------------------------------

TESTS     := $(sort $(wildcard tests/test_*.c)) $(sort $(wildcard tests/api_*.c))
GROUPS    := $(notdir $(basename $(TESTS)))
TEST_SRC  := tests/main.c $(TESTS) $(wildcard tests/support/*.c)
TEST_OBJ  := $(TEST_SRC:tests/%.c=$B/tests/%.o)
TEST_NEED := cmocka jansson
TFLAGS     = $(CSTD) -g -O1 $(SAN) $(WARN) $(EXTRA) -I. -Itests/support -I$B/tests -MMD -MP

# Examples whose libraries are few are built with the tests, the others by `make recipes`.
LIGHT     := libcurl openssl jansson
EXAMPLES  := $(sort $(wildcard examples/*.c))
is_light   = $(if $(filter-out $(LIGHT) -%,$(call needs,$(1))),,$(1))
BUILT     := $(foreach e,$(EXAMPLES),$(call is_light,$e))
HEAVY     := $(filter-out $(BUILT),$(EXAMPLES))

test: export ASAN_OPTIONS = exitcode=99
test: export UBSAN_OPTIONS = exitcode=99
test: ## install what is missing, build and run all tests; ends with `N passed, N failed`
	$(install) gcc libc6-dev $(TEST_NEED) $(filter-out -%,$(call needs,$(TESTS) $(BUILT)))
	$(SUBMAKE) $(BUILT:examples/%.c=$B/examples/%) $B/tests/run
	@[ -d "$$CUC_DATA" ] || echo "no folder $$CUC_DATA (CUC_DATA): what needs it is skipped;" \
	    'tests/README.md, "Data of others", says what belongs there'
	@{ $B/tests/run; echo $$? >$B/tests/status; } | tee $B/tests/out; s=$$(cat $B/tests/status); \
	test $$s -le 1 || awk '/^\[ RUN / { n++ } /^\[ +OK / { ok++ } END { \
	    print "a sanitizer or a crash ended the tests"; \
	    print ok + 0 " passed, " (n > ok ? n - ok : 1) " failed" }' $B/tests/out; exit $$s

$B/tests/run: $(TEST_OBJ)
	@$(CC) $(SAN) $^ -o $@ $(shell pkg-config --libs $(TEST_NEED)) $(call libs,$(TESTS))

$B/tests/%.o: tests/%.c $B/tests/flags
	@mkdir -p $(@D)
	@$(CC) $(TFLAGS) $(shell pkg-config --cflags $(TEST_NEED)) $(call cflags,$<) -c $< -o $@

$B/tests/main.o: $B/tests/groups.h

# Rewritten only when they change, so that only then is anything rebuilt.
$B/tests/groups.h: always
	@mkdir -p $(@D); printf 'GROUP_NAME(%s)\n' $(GROUPS) | $(keep)
$B/tests/flags: always
	@mkdir -p $(@D); echo '$(CC) $(TFLAGS)' | $(keep)
keep = { cat >$@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@; }

-include $(TEST_OBJ:.o=.d)

# ---- examples. A file without main is a recipe to copy: it is compiled, not linked. --------------

$B/examples/%: examples/%.c $H $(wildcard examples/*.h examples/standin/*.h examples/tool/*.h)
	@mkdir -p $(@D)
	@if grep -q '^int main' $<; then link='$(call libs,$<)'; else link=-c; fi; \
	$(CC) $(CSTD) -g -O1 $(WARN) -I. -Iexamples $(call cflags,$<) $< -o $@ $$link

# Kept after `make run-NAME`: run it again, with arguments.
.SECONDARY: $(EXAMPLES:examples/%.c=$B/examples/%)

run-%: $B/examples/% ## build and run examples/%.c: `make run-quickstart`
	@$<

# ---- the command line --------------------------------------------------------------------------

TOOL      := examples/update_contact.c
TOOL_PARTS = $(TOOL) $H $(wildcard examples/*.h examples/tool/*.h)
TOOL_CC    = $(CC) $(CSTD) $(WARN) -I. -Iexamples $(call cflags,$(TOOL)) $(TOOL)

tool: ## build build/update_contact, the command line, and its man page
	$(install) gcc libc6-dev $(call modules,$(TOOL))
	$(SUBMAKE) $B/update_contact.1
	@echo $B/update_contact

$B/update_contact: $(TOOL_PARTS)
	@mkdir -p $(@D)
	@$(TOOL_CC) -O2 -o $@ $(call libs,$(TOOL))

$B/update_contact.1: $B/update_contact
	@$< --man >$@

$B/tool/update_contact: $(TOOL_PARTS)
	@mkdir -p $(@D)
	@$(TOOL_CC) -g -O1 $(SAN) -o $@ $(call libs,$(TOOL))

tool-test: ## the command line under ASan against the stand-in; ends with `N passed, N failed`
	$(install) gcc libc6-dev python3 curl bash cmd:openssl libcmocka-dev $(call modules,$(TOOL))
	$(SUBMAKE) $B/tool/update_contact $B/update_contact $B/examples/connect_standin
	@python3 tests/tool/run.py $(TOOL_TESTS)

demo: ## the main job on this machine: one update sent to the stand-in and read back
	$(call script,examples/demo.sh)

recipes: ## install the libraries of the other examples and build those
	$(install) gcc libc6-dev $(filter-out -%,$(call needs,$(HEAVY)))
	$(SUBMAKE) $(HEAVY:examples/%.c=$B/examples/%)
	@echo 'recipes: $(words $(HEAVY)) passed, 0 failed'

https: ## every https example against every TLS server, good and bad, and every fault
	$(install) gcc libc6-dev python3 openssl nghttp2-proxy
	@python3 tests/https/matrix.py $(CLIENT)

live: ## one update against the real service, with the credentials of your environment
	$(call script,examples/live.sh)

# ---- the other checks ----------------------------------------------------------------------------

script = @test -f $(1) || { echo '$@: $(1) is not written yet' >&2; exit 1; }; sh $(1) $(2)

warnings: ## compile with every compiler that is here, all warnings on
	$(call script,tests/warnings.sh)

format: ## lay out header, tests and examples as .clang-format says (clang-format 19)
	@sh tests/install.sh clang-format-19
	@clang-format-19 -i $(shell git ls-files '*.c' '*.h')

format-check: ## fail where `make format` would change something
	@sh tests/install.sh clang-format-19 git
	@files=$$(git ls-files '*.c' '*.h') && clang-format-19 --dry-run -Werror $$files </dev/null && \
	echo "format: $$(echo $$files | wc -w) passed, 0 failed"

symbols: ## ways to include the header; exported and undefined names
	$(call script,tests/include/run.sh)
	$(call script,tests/symbols.sh)

dropin: ## the header inside lwIP, nginx, PostgreSQL and other real code, which apt fetches
	$(install) gcc libc6-dev libssl-dev libglib2.0-dev
	$(call script,tests/dropin/run.sh)

size: ## bytes of code, deepest stack, bytes of work buffer; fails above tests/size/limits
	@python3 tests/size/size.py

bench: ## counts of a request, which fail above tests/bench/limits, and times against others
	@python3 tests/bench/bench.py

coverage: ## functions, lines, branches, conditions that the tests reach; tests/cover/limits
	@python3 tests/cover/cover.py

vectors: ## make tests/vectors again with the SDKs and compare; then the model of that SDK
	$(call script,tests/vectors/gen/check.sh)

model: ## compare service models with the header, member by member; MODEL=FILE: only that one
	$(install) gcc libc6-dev python3 python3-botocore
	@python3 tests/model/model.py $(MODEL)

fuzz: ## SECONDS_EACH of fuzzing for each harness
	$(call script,tests/fuzz/run.sh,$(SECONDS_EACH))

soak: ## many calls against the stand-in
	$(call script,tests/soak/run.sh)

clients: ## clients that others wrote send updates to the stand-in
	$(call script,tests/foreign_clients/run.sh)

pitfalls: ## plant known faults; each has to turn a check red
	$(call script,tests/plant/run.sh)

interop: conform ## compare with the SDKs
	$(call script,tests/interop/compare.sh)

CONFORM := tests/interop/conform.c
conform: ## build build/conform, the driver for comparisons in bulk
	$(install) gcc libc6-dev $(filter-out -%,$(call needs,$(CONFORM)))
	$(SUBMAKE) $B/conform

$B/conform: $(CONFORM) $H
	@mkdir -p $(@D)
	@$(CC) $(CSTD) -O2 $(WARN) -I. $(call cflags,$<) $< -o $@ $(call libs,$<)

firmware: ## the whole job on simulated Cortex-M3 and AVR chips
	$(call script,examples/firmware/run.sh)

firmware-tls: ## lwIP and Mbed TLS on a simulated board with Ethernet, against TLS servers
	$(install) gcc libc6-dev python3 cmd:openssl gcc-arm-none-eabi picolibc-arm-none-eabi qemu-system-arm
	@python3 tests/firmware/tls.py

firmware-recipes: ## compile examples/firmware/recipes with the prototypes of their stacks
	$(install) gcc libc6-dev python3
	@python3 tests/recipes/run.py

locales: ## make the foreign locales of the tests in build/locale, which LOCPATH then names
	@sh tests/install.sh locales
	@mkdir -p $B/locale
	@for l in tr_TR de_DE; do localedef -i $$l -f UTF-8 $B/locale/$$l.UTF-8 || exit 1; done

foreign: locales ## the tests with an unsigned char, without sanitizers, under foreign locales
	+@LOCPATH=$(CURDIR)/$B/locale $(MAKE) --no-print-directory test B=$B/foreign SAN= \
	    EXTRA=-funsigned-char

cross: ## the tests on machines of either byte order, 32 and 64 bits, in QEMU
	$(call script,tests/cross/run.sh)

valgrind: locales ## the tests without sanitizers, under valgrind
	+@$(MAKE) -s --no-print-directory $(JOBS) build/foreign/tests/run B=build/foreign SAN= \
	    EXTRA=-funsigned-char
	@LOCPATH=$(CURDIR)/$B/locale valgrind -q --error-exitcode=99 build/foreign/tests/run

credentials: ## examples/credentials.h against small local servers
	$(call script,tests/credentials/run.sh)

crypto: ## the crypto examples: self-test, signature, and instructions of a request with each
	$(install) gcc libc6-dev python3 valgrind libcmocka-dev
	@python3 tests/crypto/run.py

windows: ## examples/windows under wine: WinHTTP and BCrypt against the stand-in
	$(install) gcc libc6-dev python3 cmd:openssl gcc-mingw-w64-x86-64 wine64
	@python3 tests/windows/run.py

threads: ## four threads under ThreadSanitizer
	$(call script,tests/threads/run.sh)

packaging: ## `make install`, CMake and Meson as the README has them, in a clone
	$(install) gcc libc6-dev python3 git pkg-config cmake meson
	@python3 tests/packaging/check.py

deep: ## what takes long: mutants, the long soak, more fuzzing
	$(call script,tests/deep.sh)

# ---- install -------------------------------------------------------------------------------------

VERSION = $(shell sed -n 's/^.define CUC_VERSION "\(.*\)"/\1/p' $H)

# The shell gets the names by its environment, so blanks and quotes in them do no harm. What is
# installed can be read by everybody, whatever the umask.
install uninstall install-tool: export PREFIX := $(PREFIX)
install uninstall install-tool: export DESTDIR := $(DESTDIR)
where = umask 022; set -e; case $$PREFIX in /*) at=$$PREFIX ;; *) at=$$PWD/$$PREFIX ;; esac; \
	to=$$DESTDIR$$at; header=$$to/include/$H; pc=$$to/share/pkgconfig/connect_update_contact.pc

install: ## copy the header and a pkg-config file below PREFIX
	@$(where); install -d "$$to/include" "$$to/share/pkgconfig"; install -m 644 $H "$$header"; \
	rm -f "$$pc"; printf '%s\n' "prefix=$$at" 'includedir=$${prefix}/include' '' \
	    'Name: connect_update_contact' \
	    'Description: one signed Amazon Connect UpdateContact call' 'Version: $(VERSION)' \
	    'Cflags: -I"$${includedir}"' >"$$pc"; \
	printf '%s\n' "$$header" "$$pc"

uninstall: ## remove these two files
	@$(where); rm -f "$$header" "$$pc"

install-tool: tool ## copy build/update_contact, its man page and completion below PREFIX
	@$(where); man=$$to/share/man/man1; completions=$$to/share/bash-completion/completions; \
	install -d "$$to/bin" "$$man" "$$completions"; $B/update_contact --completion >$B/completion; \
	install -m 755 $B/update_contact "$$to/bin/update_contact"; \
	install -m 644 $B/update_contact.1 "$$man/update_contact.1"; \
	install -m 644 $B/completion "$$completions/update_contact"; \
	echo "$$to/bin/update_contact"

clean: ## remove build/
	@rm -rf $B

.PHONY: always $(shell sed -n 's/^\([a-z-]*\):.*\#\# .*/\1/p' $(firstword $(MAKEFILE_LIST)))
