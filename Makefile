# `make book` and `make test` need Python 3.11 or newer and make, nothing else. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SITE := _build/html
CHAPTERS := $(wildcard book/*.ipynb)
BOOK_INSTALLED := $(VENV)/.book
TESTS_INSTALLED := $(VENV)/.tests
LAB_INSTALLED := $(VENV)/.lab
LIGHTHOUSE := $(VENV)-lighthouse
LIGHTHOUSE_VERSION := 12.8.2
LIGHTHOUSE_INSTALLED := $(LIGHTHOUSE)/.$(LIGHTHOUSE_VERSION)
TAKEAWAY_INSTALLED := $(VENV)/.takeaway
# A worker for each processor, each with one thread; tests/conftest.py says which tests stay together.
PARALLEL := --numprocesses logical --maxprocesses 4 --dist loadscope --no-loadscope-reorder

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help book pdf epub zip site slides lab test quick twin firefox lighthouse serve execute live bench chapters-here colab-list lint lock clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

$(BOOK_INSTALLED): requirements/book.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": say which with `make PYTHON=python3.11 ...`")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements/book.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(TESTS_INSTALLED): $(BOOK_INSTALLED) requirements/test.txt
	$(BIN)/python -m pip install --quiet -r requirements/test.txt
	@touch $@

$(LAB_INSTALLED): $(BOOK_INSTALLED) requirements/lab.txt
	$(BIN)/python -m pip install --quiet -r requirements/lab.txt
	@touch $@

$(LIGHTHOUSE_INSTALLED):
	@npm --version > /dev/null || { echo "make lighthouse needs node (18.16 or newer) and npm: install them"; exit 1; }
	npm install --prefix $(LIGHTHOUSE) --no-save --no-package-lock --no-audit --no-fund lighthouse@$(LIGHTHOUSE_VERSION)
	@touch $@

$(TAKEAWAY_INSTALLED): $(BOOK_INSTALLED) requirements/takeaway.txt
	$(BIN)/python -m pip install --quiet -r requirements/takeaway.txt
	@touch $@

book: $(BOOK_INSTALLED) ## build the site, installing what it needs
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "The book is $(CURDIR)/$(SITE)/index.html: open it in a browser, or run make serve."

pdf: book $(TAKEAWAY_INSTALLED) ## the whole book as one PDF, beside the site; installs Chromium where there is none
	CHROMIUM="$$($(BIN)/python tests/browser/browser.py)" $(BIN)/python -m s2s_course.takeaway pdf

epub: book $(TAKEAWAY_INSTALLED) ## the whole book as an EPUB; checked by epubcheck where there is Java
	CHROMIUM="$$($(BIN)/python tests/browser/browser.py)" $(BIN)/python -m s2s_course.takeaway epub

zip: book $(TAKEAWAY_INSTALLED) ## the site as a zip that opens from the file system
	$(BIN)/python -m s2s_course.takeaway zip

site: book $(TAKEAWAY_INSTALLED) ## the site with all three, linked from its first page: what is published
	CHROMIUM="$$($(BIN)/python tests/browser/browser.py)" $(BIN)/python -m s2s_course.takeaway pdf epub zip

slides: $(BOOK_INSTALLED) ## build the slide decks; one with DECKS=slides/05-bahdanau-attention.md
	$(BIN)/python -m s2s_course.slides $(DECKS)

lab: $(LAB_INSTALLED) ## open the chapters in JupyterLab, installing it the first time
	$(BIN)/python -m jupyterlab book

test: $(TESTS_INSTALLED) ## all tests: units, chapters, browser; installs what they need
	$(BIN)/python tests/browser/browser.py
	$(BIN)/python tests/grading/bubblewrap.py
	$(BIN)/python -m pytest $(PARALLEL)

quick: $(TESTS_INSTALLED) ## unit tests only
	$(BIN)/python tests/grading/bubblewrap.py
	$(BIN)/python -m pytest $(PARALLEL) --ignore=tests/book --ignore=tests/browser --ignore=tests/slides \
		--ignore-glob="tests/grading/test_regression_*" -m "not browser"

twin: $(TESTS_INSTALLED) ## every chapter as Colab runs it: its Python and its torch, gigabytes, once; needs root and debootstrap
	$(BIN)/python -m pytest tests/book/full_twin.py --timeout 0 --verbose --durations=0 --durations-min=1

firefox: $(TESTS_INSTALLED) ## what computes in the page, in Firefox; installs it where apt-get may
	$(BIN)/python tests/browser/firefox_session.py
	$(BIN)/python -m pytest tests/browser/firefox.py --verbose

lighthouse: book $(TESTS_INSTALLED) $(LIGHTHOUSE_INSTALLED) ## Lighthouse's scores of the built book, with node and npm; some with PAGES=book/index.html
	$(BIN)/python tests/browser/browser.py
	$(BIN)/python benchmarks/lighthouse.py --program $(LIGHTHOUSE)/node_modules/lighthouse/cli/index.js $(PAGES)

bench: $(BOOK_INSTALLED) ## speed of training and decoding here, beside two baselines; up to 15 minutes, on a machine with nothing else to do
	$(BIN)/python benchmarks/bench.py

serve: book ## build the site and serve it on this machine
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory $(SITE) 8000

execute: $(BOOK_INSTALLED) ## re-run chapters and store their outputs; one with CHAPTERS=book/01-sequences.ipynb
	$(BIN)/python -m s2s_course.chapters execute $(CHAPTERS)

live: $(BOOK_INSTALLED) ## train the small models of the published page again; one with MODELS=bahdanau
	$(BIN)/python -m s2s_course.live.make $(MODELS)

chapters-here: ## run every chapter with the Python at hand, as in Colab's image; stores nothing
	$(PYTHON) -m pip install --quiet .
	for chapter in $(CHAPTERS); do $(PYTHON) -m jupyter nbconvert --execute --to notebook --output-dir _build/here $$chapter || exit 1; done

colab-list: $(TESTS_INSTALLED) ## take a newer list of Colab's packages: FILE=pip-freeze.gpu.txt COMMIT=... DATE=...
	$(BIN)/python tests/colab_versions.py $(FILE) $(COMMIT) $(DATE)

lint: $(TESTS_INSTALLED) ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lock: ## resolve requirements/*.txt anew from pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet torch==2.13.0 ".[book]"
	@echo "# The complete environment for building the book and running its chapters. Made by \`make lock\`; not edited by hand." > requirements/book.txt
	$(VENV)-lock/bin/python -m pip freeze --exclude s2s-course | sed 's/+cpu$$//' >> requirements/book.txt
	$(VENV)-lock/bin/python -m pip install --quiet -c requirements/book.txt ".[book,test,grade,several]"
	@echo "# What the tests need besides. Made by \`make lock\`; not edited by hand." > requirements/test.txt
	@echo "-r book.txt" >> requirements/test.txt
	$(VENV)-lock/bin/python -m pip freeze --exclude s2s-course | sed 's/+cpu$$//' | grep -vxFf requirements/book.txt >> requirements/test.txt
	$(PYTHON) -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet -r requirements/book.txt
	$(VENV)-lock/bin/python -m pip install --quiet -c requirements/test.txt ".[book,lab]"
	@echo "# JupyterLab, which \`make lab\` opens. Made by \`make lock\`; not edited by hand." > requirements/lab.txt
	@echo "-r book.txt" >> requirements/lab.txt
	$(VENV)-lock/bin/python -m pip freeze --exclude s2s-course | sed 's/+cpu$$//' | grep -vxFf requirements/book.txt >> requirements/lab.txt
	@echo "# What \`make pdf\`, \`make epub\` and \`make zip\` need besides. Made by \`make lock\`; not edited by hand." > requirements/takeaway.txt
	@echo "-r book.txt" >> requirements/takeaway.txt
	$(PYTHON) -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet -r requirements/book.txt
	$(VENV)-lock/bin/python -m pip install --quiet -c requirements/test.txt ".[book,takeaway]"
	$(VENV)-lock/bin/python -m pip freeze --exclude s2s-course | sed 's/+cpu$$//' | grep -vxFf requirements/book.txt >> requirements/takeaway.txt
	rm -rf $(VENV)-lock

clean: ## remove what was built, but not the environments
	rm -rf _build build *.egg-info
