# Two commands do everything on a fresh machine:  make book   ·   make test
# Both need Python 3.11 or newer and make; the README gives the plain pip commands.

PYTHON ?= python3
BIN    := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
INSTALL_SELF := $(INSTALL) --no-deps --no-build-isolation --editable .

.PHONY: book test fix data notebooks lock environment katex clean take-home pdf epub zip

book: .venv/book           ## set up, execute the notebooks, build the site
	$(BIN)/jupyter-book build . -n -W --keep-going
	@echo "Open $(CURDIR)/_build/html/index.html"

test: .venv/test book chromium bubblewrap java  ## set up and run every check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pytest --numprocesses=auto --dist=loadfile --junit-xml=_build/tests.xml
	$(BIN)/jupyter-book build . -n -W --keep-going # its page of the state tells what the tests said

.PHONY: trainer
trainer: .venv/book        ## the trainers' edition, with notes and solutions, in _build/trainer/html
	$(BIN)/python -m balancelib.course.edition
	@echo "Open $(CURDIR)/_build/trainer/html/index.html"

take-home: pdf epub zip    ## the book as a PDF and an EPUB, and the site as a zip, in _build/take-home/

zip: book
pdf epub zip: .venv/book
	$(BIN)/python -m balancelib.course.take_home $@

fix: .venv/test            ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

data: .venv/book           ## write anew all that is generated under data/
	$(BIN)/python data/make.py

notebooks: .venv/book      ## run all notebooks anew, keeping the outputs that the tests compare
	$(BIN)/python -m balancelib.course.notebooks notebooks/*.ipynb notebooks/*/*.ipynb

lock:                      ## write the pinned requirements anew (needs uv)
	uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --quiet pyproject.toml --group book -o requirements.txt
	uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --quiet pyproject.toml --group test -c requirements.txt -o requirements-test.txt
	uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --quiet pyproject.toml --group binder -c requirements.txt -o binder/requirements.txt

environment:               ## push binder/ alone as the branch `binder`, of which Binder makes its image
	environment=$$(git subtree split -q --prefix=binder) && git push origin "$$environment:refs/heads/binder"

katex: .venv/book          ## fetch anew the style of formulas, to match the script in sphinxcontrib-katex (needs npm)
	rm -rf _build/katex && mkdir -p _build/katex
	npm pack --silent --pack-destination _build/katex katex@$$($(BIN)/python -c "from sphinxcontrib.katex import katex_version; print(katex_version)")
	tar -xzf _build/katex/*.tgz -C _build/katex
	cp _build/katex/package/LICENSE book/_static/katex/
	cp _build/katex/package/dist/fonts/*.woff2 book/_static/katex/fonts/
	sed -E 's/,url\([^)]*\) format\("(woff|truetype)"\)//g' _build/katex/package/dist/katex.min.css > book/_static/katex/katex.min.css

.PHONY: benchmarks
benchmarks: java           ## measure all anew, beside the peers, on a machine that does nothing else; takes hours. ONLY="national plan" for some
	$(PYTHON) -m venv _build/peers
	_build/peers/bin/python -m pip install --quiet --upgrade "pip>=25.1" # the first that knows groups
	_build/peers/bin/python -m pip install --quiet --disable-pip-version-check --editable . --group benchmarks
	_build/peers/bin/python benchmarks/all.py $(ONLY)

.PHONY: kit
kit: .venv/book            ## pack all for Windows without a network; PYTHON_WINDOWS=python-3.12.…-embed-amd64.zip or none for another Python
	$(BIN)/python -m balancelib.course.kit --python "$(PYTHON_WINDOWS)"

.PHONY: pythons
pythons: .venv/book        ## the library's tests on each Python here, with the newest and the oldest packages allowed (needs uv)
	$(BIN)/python benchmarks/pythons.py

clean:
	rm -rf _build .venv

.venv/bin/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed')"
	$(PYTHON) -m venv .venv

.venv/book: .venv/bin/python requirements.txt pyproject.toml
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL_SELF)
	@touch $@

.venv/test: .venv/book requirements-test.txt
	$(INSTALL) --require-hashes -r requirements-test.txt
	@touch $@

# The page tests drive Debian's Chromium, its engine alone where that is there. Where neither can be had they say so and are skipped.
.PHONY: chromium
chromium:
	@command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null || (command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null) || echo "No Chromium: the page tests will not run. On Debian: sudo apt-get install chromium-headless-shell"

# The tests of marking run strangers' notebooks under bubblewrap. Where it cannot be had they say so and are skipped.
.PHONY: bubblewrap
bubblewrap:
	@command -v bwrap >/dev/null || (command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends bubblewrap >/dev/null) || echo "No bubblewrap: marking returned notebooks will not be tried. On Debian: sudo apt-get install bubblewrap"

.PHONY: licences
licences: .venv/test       ## write anew the page of the licences of all that the locks name
	$(BIN)/python -m balancelib.course.licences

.PHONY: release
release: .venv/book        ## pack the tag of this version into _build/release: sources, wheel, manifest, checksums
	$(BIN)/python -m balancelib.course.release

# Known vulnerabilities of the locks, rights and pins of the workflows, the form of CITATION.cff. Asks PyPI; the tools have an environment of their own.
.PHONY: audit
audit:                     ## ask whether a locked package has a known vulnerability (needs the network)
	$(PYTHON) -m venv _build/audit
	_build/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit zizmor cffconvert
	_build/audit/bin/cffconvert --validate --infile CITATION.cff
	_build/audit/bin/zizmor --offline --no-progress --min-severity medium .github/workflows
	_build/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.txt -r requirements-test.txt -r binder/requirements.txt

# The tests of the national job run Spark, which needs Java 17. Where it cannot be had they say so and are skipped.
.PHONY: java
java:
	@command -v java >/dev/null || (command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null) || echo "No Java: nothing will be tried on Spark. On Debian: sudo apt-get install openjdk-17-jre-headless"
