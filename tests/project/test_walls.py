"""Who may know whom."""

from __future__ import annotations

from itertools import chain

import pytest

import imlkit
from imlkit import components
from tests.project.source import ROOT, Import, imports, module_name, sources, tracked

FACADE = ROOT / "imlkit" / "__init__.py"
EXAMPLE = ROOT / "imlkit" / "cli" / "template.py"
"""The app that ``imlkit new app`` writes: an app, kept with the command."""


def all_imports(folder: str) -> list[Import]:
    return list(chain.from_iterable(imports(path) for path in sources(folder)))


def told(broken: list[Import]) -> None:
    if broken:
        pytest.fail("\n".join(found.where for found in broken))


def test_the_search_sees_relative_and_inner_imports() -> None:
    found = {one.module for one in imports(ROOT / "imlkit" / "streams" / "stream.py")}
    assert {"imlkit.streams.chain.Chain", "imlkit.session.Session", "threading"} <= found
    assert len(all_imports("components")) > 10


def test_the_framework_knows_no_concrete_component_store_or_app() -> None:
    known = [one for one in all_imports("imlkit") if one.path not in (FACADE, EXAMPLE)]
    told([one for one in known if one.within("imlkit.components", "imlkit.stores", "imlkit.apps")])


def test_the_facade_knows_components_lazily_alone() -> None:
    inside = [one for one in imports(FACADE) if one.within("imlkit")]
    assert {one.module.rpartition(".")[2] for one in inside} <= set(imlkit.__all__)
    assert {one.module for one in imports(FACADE)} - {one.module for one in inside} == {
        "importlib.import_module",
        "typing.TYPE_CHECKING",
        "typing.Any",
    }


def test_stores_know_neither_pages_nor_components() -> None:
    shown = ("imlkit.component", "imlkit.layouts", "imlkit.notifications", "imlkit.components", "imlkit.apps")
    told([one for one in all_imports("stores") if one.within("panel", "panel_material_ui", "bokeh", *shown)])


def test_a_component_knows_no_other_activitys_insides_and_no_concrete_store() -> None:
    def crosses(one: Import) -> bool:
        activity = ".".join(module_name(one.path).split(".")[:3])
        inside = one.within("imlkit.components") and not one.within(activity)
        return inside or one.within("imlkit.stores", "imlkit.apps", "imlkit.layouts", "imlkit.cli")

    told([one for one in all_imports("components") if crosses(one)])


@pytest.mark.parametrize("folder", ["components", "stores"])
def test_siblings_are_imported_relatively_and_the_framework_by_name(folder: str) -> None:
    own = f"imlkit.{folder}"
    told([one for one in all_imports(folder) if one.within("imlkit") and one.relative != one.within(own)])


@pytest.mark.parametrize("folder", ["imlkit", "components", "stores"])
def test_no_part_takes_a_component_from_the_facade(folder: str) -> None:
    facade = {f"imlkit.{name}" for name in components.MODULES}
    told([one for one in all_imports(folder) if one.module in facade and one.path not in (FACADE, EXAMPLE)])


def test_nothing_imports_a_source_folder_under_its_own_name() -> None:
    python = [path for path in tracked() if path.suffix == ".py"]
    found = chain.from_iterable(imports(path) for path in python)
    told([one for one in found if not one.relative and one.within("components", "stores", "apps")])


def test_nothing_imports_an_app_but_its_own_parts() -> None:
    def own(one: Import) -> bool:
        app = module_name(one.path).split(".")[:3]
        return len(app) == 3 and one.path.parent.name != "apps" and one.within(".".join(app))

    found = chain.from_iterable(all_imports(folder) for folder in ("imlkit", "components", "stores", "apps"))
    told([one for one in found if one.within("imlkit.apps") and not own(one)])
