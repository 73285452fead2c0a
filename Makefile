# Hooke: a microscope for neural networks, inside a notebook.
#   make lab         JupyterLab on the notebooks, with everything it needs
#   make test        every test that needs neither PyTorch nor a browser
#   make tour        runs the tour without a browser and writes output/00-tour.html
#   make bench       the kernel's speed beside its peers
#   make bench-engine  the engine's speed beside bare matrix products and PyTorch
#   make bench-tensors operations on tensors beside PyTorch
#   make test-kernels  the C kernels under the sanitizers
#   make test-browser  JupyterLab in headless Chromium
#   make test-peers  compares with PyTorch, live, and checks the committed reference files
SHELL := /bin/bash

PACKAGES := libzmq3-dev libopenblas-dev libsodium-dev libpng-dev libjpeg62-turbo-dev zlib1g-dev libsqlite3-dev pkg-config python3-venv
HOOKE := .build/release/hooke
SWIFT := $(if $(HOOKE_TOOLCHAIN),$(HOOKE_TOOLCHAIN)/usr/bin/)swift

.PHONY: lab tour test test-swift test-python test-peers test-kernels test-browser bench bench-engine bench-tensors build install system clean

lab: install
	.venv/bin/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

tour: install
	@mkdir -p output
	.venv/bin/jupyter nbconvert --to html --execute --ExecutePreprocessor.timeout=600 --output-dir=output notebooks/00-tour.ipynb
	@echo "Written: output/00-tour.html"

test: test-swift test-python

test-swift: system
	Scripts/test-swift.sh $(SWIFT)

test-python: install .venv/bin/pytest
	.venv/bin/pytest -q Tests/Conformance Tests/Notebooks

test-peers: install
	Scripts/python-environment.sh .venv-peers Tests/Peers/requirements.txt
	.venv-peers/bin/pytest -q Tests/Peers

test-kernels: system
	Scripts/test-kernels.sh

test-browser: install
	@Scripts/install-system-packages.sh chromium chromium-driver fonts-dejavu-core
	Scripts/python-environment.sh .venv-browser Tests/Browser/requirements.txt
	.venv-browser/bin/pytest -q Tests/Browser

bench: install
	Scripts/python-environment.sh .venv Benchmarks/requirements.txt
	.venv/bin/python Benchmarks/kernel.py

# Lucent asks for versions of other packages that no longer exist; it runs without them.
bench-engine: system
	$(SWIFT) build -c release --product hooke-bench
	Scripts/python-environment.sh .venv-bench Benchmarks/Peers/requirements.txt
	.venv-bench/bin/pip install --quiet --disable-pip-version-check --no-deps torch-lucent==0.1.8 || true
	.build/release/hooke-bench
	.venv-bench/bin/python Benchmarks/engine.py

bench-tensors: system
	$(SWIFT) build -c release --product hooke-bench
	Scripts/python-environment.sh .venv-bench Benchmarks/Peers/requirements.txt
	.venv-bench/bin/python Benchmarks/tensors.py

build: system
	$(SWIFT) build -c release --product hooke
	$(SWIFT) build -c release --product hooke-compiler

install: build .venv/bin/jupyter-lab
	$(HOOKE) install --prefix .venv

system:
	@Scripts/require-swift.sh
	@Scripts/install-system-packages.sh $(PACKAGES)

.venv/bin/jupyter-lab: notebooks/requirements.txt | system
	Scripts/python-environment.sh .venv notebooks/requirements.txt

.venv/bin/pytest: Tests/requirements.txt | system
	Scripts/python-environment.sh .venv Tests/requirements.txt

clean:
	rm -rf .build .venv .venv-peers .venv-browser .venv-bench output
