# wf: the targets that people and CI use. `make help` lists them.
PREFIX ?= /usr/local
SWIFT ?= swift
# Warnings are errors by the package's own settings. Two jobs: more only swap on small machines.
JOBS ?= 2
BUILD := $(SWIFT) build -j $(JOBS)
# Static runtimes, unused code dropped, nothing to relocate at start: start-up in a millisecond
# (Docs/Decisions/0010-fixed-address.md).
RELEASE = -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --gc-sections \
	-Xlinker --no-export-dynamic -Xswiftc -Xclang-linker -Xswiftc -no-pie \
	$(shell Scripts/static-libraries "$(CURDIR)/.build/static")
BIN := .build/release
# Copies of the packages that the tests make, for the validator of schemas.
COLLECTED := .build/packages

.PHONY: demo test build release server bench format lint install clean help conformance fuzz dependencies torture torture-serve

## demo: install what is missing, build, and run the main job on two saved LeRobot evaluations
demo: release
	Scripts/demo "$(CURDIR)/$(BIN)/wf"

## test: install what is missing, build, run every test, and hold the packages they make against the schemas
test: dependencies
	Scripts/install-dependencies test
	$(BUILD) --build-tests
	rm -rf $(COLLECTED) && mkdir -p $(COLLECTED)
	WF_COLLECT="$(CURDIR)/$(COLLECTED)" $(SWIFT) test --skip-build --parallel
	Scripts/validate-schemas --collected $(COLLECTED)
	rm -rf $(COLLECTED)
	Scripts/check-links

## build: a debug build of the programs
build: dependencies
	for product in wf wf-mirror wf-net wf-serve; do $(BUILD) --product $$product || exit 1; done

## release: optimised, self-contained builds of wf and what it starts for remotes, in .build/release
release: dependencies
	for product in wf wf-mirror wf-net; do $(BUILD) $(RELEASE) --product $$product || exit 1; done

## server: the same for the share server, wf-serve
server: dependencies
	$(BUILD) $(RELEASE) --product wf-serve

## bench: compare with git and python in the same run, and print the ratios
bench: release
	Scripts/install-dependencies test
	$(BUILD) -c release --scratch-path .build-bench --static-swift-stdlib -Xlinker --wrap=malloc --product wf-bench
	Benchmarks/run "$(CURDIR)/$(BIN)/wf" --statistics .build-bench/release/wf-bench

## conformance KIND= CASES=: run a folder of cases against the product's own modules
conformance: dependencies
	$(BUILD) --product wf-conformance
	.build/debug/wf-conformance "$(KIND)" "$(CASES)"

## fuzz SECONDS=60 [TARGETS=…]: LLVM libFuzzer on each parser of foreign bytes, SECONDS for each
SECONDS ?= 60
fuzz: dependencies
	cd Fuzz && $(SWIFT) build -c release -j $(JOBS) --sanitize=fuzzer --product libfuzzer
	Scripts/fuzz $(SECONDS) $(TARGETS)

## torture KILLS=1000: kill commits at many instants and check the store after each
KILLS ?= 1000
torture: release
	WF_KILLS=$(KILLS) $(SWIFT) test --filter KillTests

## torture-serve TORTURE_SECONDS=10 KILLS=1000: load and break a share server of its own, on loopback, beside nginx
torture-serve: release server
	Scripts/install-dependencies torture
	Scripts/torture-serve $(BIN) $(TORTURE_SECONDS) $(KILLS)
TORTURE_SECONDS ?= 10

## format: rewrite the sources in the project's format
format:
	$(SWIFT) format -i --recursive Sources Tests Package.swift

## lint: format, imports against the manifest, file lengths, links, libraries of the program
lint:
	Scripts/install-dependencies test
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	Scripts/check-imports
	Scripts/check-length
	Scripts/check-links

## install PREFIX=/usr/local: put wf (and its other name, worldflux) and the programs it starts into PREFIX/bin
install: release server
	install -d "$(DESTDIR)$(PREFIX)/bin"
	for program in wf wf-mirror wf-net wf-serve; do \
	  install -s -m 0755 $(BIN)/$$program "$(DESTDIR)$(PREFIX)/bin" || exit 1; done
	ln -sf wf "$(DESTDIR)$(PREFIX)/bin/worldflux"

## clean: remove what was built
clean:
	rm -rf .build .build-* .venv Fuzz/.build

dependencies:
	@Scripts/install-dependencies

## help: this list
help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)
