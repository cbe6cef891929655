"""The engine's modules as scripts: whole, small, in order, and refused where they could not work."""

import gzip
import json
import re

import pytest

from s2s_course.live import bundle as module
from s2s_course.live.assets import PARTS, asset, asset_names, script
from s2s_course.live.bundle import FOLDER, bundle, imports_of

LARGEST = 15_000  # bytes, gzipped: what a page loads before the weights of a model


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """Other modules than the engine's."""

    def write(**texts: str) -> None:
        for name, text in texts.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")

    monkeypatch.setattr(module, "FOLDER", tmp_path)
    bundle.cache_clear()
    yield write
    bundle.cache_clear()


def test_the_engine_is_small():
    assert len(gzip.compress(bundle().encode())) <= LARGEST


def test_every_module_is_in_some_script():
    reached, todo = set(), ["engine.js", "training_engine.js", *PARTS.values()]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += imports_of(name)
    assert reached == {path.name for path in FOLDER.glob("*.js")}


def test_no_line_of_a_module_is_lost_but_comments():
    """Each line of code stands in the engine's script, without indentation and what is said beside it."""
    lines = set(bundle().splitlines())
    for name in ("tensor.js", "multihead.js", "clean.js", "translate.js"):
        for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
            code = re.sub(r"(^| )// .*", "", line).strip().removeprefix("export ")
            if code and not code.startswith(("import ", "//")):
                assert code in lines, (name, line)


def test_the_scripts_give_what_the_modules_give(engine):
    """The engine, and a part that shares its modules, as the page's loader runs them."""
    given = json.dumps([bundle(), bundle(PARTS["breaking"])])
    result = engine.evaluate(
        """async (given) => {
          const [core, part] = JSON.parse(given).map((code) => eval(code));
          const breaking = part(core.modules);
          const { tensor, softmax } = core.modules;
          const { bleu } = await import("/bleu.js");
          return [
            Object.keys(core).sort(), Array.from(softmax(tensor([[1, 2]])).values),
            breaking.bleu([["a", "b", "c", "d"]], [["a", "b", "c", "d"]]), Object.keys(breaking).sort(),
          ];
        }""",
        given,
    )
    exported = re.findall(r"\w+", " ".join(re.findall(r"\{(.*?)\}", (FOLDER / "engine.js").read_text())))
    assert result[0] == sorted([*exported, "modules"])
    assert result[1] == pytest.approx([0.26894, 0.73106], abs=1e-5)
    assert result[2:] == [pytest.approx(100), ["SWITCHES", "bleu", "breakModel", "headsOf"]]


def test_order_and_what_is_passed_on(modules, engine):
    modules(
        engine='export { one } from "./a.js";\nexport { twice } from "./b.js";\n',
        b='import { one } from "./a.js";\n\n// a comment\nexport const twice = () => 2 * one; // twice\n',
        a="export const one = 21;\nexport const [two, three] = [2, 3];\n",
    )
    assert engine.evaluate(
        f"(() => {{ const e = {bundle()}; return [e.one, e.twice(), e.modules.three]; }})()"
    ) == [
        21,
        42,
        3,
    ]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (
            {"engine": 'import { a } from "./a.js";\n', "a": 'import { b } from "./engine.js";\n'},
            "modules of the engine must not import in a circle, got engine.js → a.js → engine.js",
        ),
        (
            {"engine": 'import { a } from "./a.js";\n'},
            "a module of the engine must be a file of .*/, got 'a.js'",
        ),
        (
            {
                "engine": 'import { a } from "./a.js";\nconst b = 1;\n',
                "a": "export const a = 1;\nfunction b() {}\n",
            },
            "modules of the engine must declare different names, got b twice",
        ),
    ],
)
def test_what_cannot_work_is_refused(modules, texts, sentence):
    modules(**texts)
    with pytest.raises(ValueError, match=sentence):
        bundle()


def test_every_asset_is_a_script_that_puts_it_in_its_place(engine):
    for name in asset_names():
        text = script(name)
        assert text.startswith("((window.s2sLive ??= {}).assets ??= {})[")
    engine.evaluate("(text) => { (0, eval)(text); }", script("engine"))
    assert engine.evaluate("s2sLive.assets.engine.code") == asset("engine")["code"]
    with pytest.raises(ValueError, match="name must be one of engine, "):
        asset("../secrets")
