from __future__ import annotations

from typing import Any

import pytest

from imlkit import Dataset
from imlkit.components.data.class_balance import ClassEntry, balance_words, missing_words
from imlkit.components.data.class_list import ClassList
from imlkit.components.data.class_rows import ClassRows
from imlkit.components.data.dataset_browser import DatasetBrowser
from imlkit.errors import DataError
from imlkit.session import Session
from imlkit.stores.memory import MemoryStore
from tests.awaiting import awaited


def names(classes: tuple[ClassEntry, ...]) -> list[str]:
    return [entry.name for entry in classes]


@pytest.fixture
def dataset() -> Dataset:
    return Dataset("drawings", MemoryStore())


@pytest.fixture
def classes(dataset: Dataset) -> ClassList:
    made = ClassList(dataset, minimum=2, names=("cat", "dog"))
    awaited(made.classes, lambda found: names(found) == ["cat", "dog"])
    return made


def test_an_empty_list_begins_with_its_names_and_the_first_is_chosen(classes: ClassList) -> None:
    assert classes.label == "cat"
    assert {entry.colour for entry in classes.classes.value} == {"#0072b2", "#d55e00"}


def test_two_pages_that_begin_at_once_make_each_class_once(dataset: Dataset) -> None:
    lists = [ClassList(dataset, names=("cat", "dog")) for _ in range(4)]
    for each in lists:
        awaited(each.classes, lambda found: names(found) == ["cat", "dog"])


def test_it_is_the_same_on_every_page_and_the_next_day(classes: ClassList, dataset: Dataset) -> None:
    classes.add("bird")
    with Session().entered():
        again = ClassList(Dataset("drawings", dataset.store))
        awaited(again.classes, lambda found: names(found) == ["cat", "dog", "bird"])
        again.rename(again.classes.value[2].id, "fish")
    awaited(classes.classes, lambda found: names(found) == ["cat", "dog", "fish"])


def test_labels_that_came_otherwise_are_classes_too(classes: ClassList, dataset: Dataset) -> None:
    dataset.create([{"y": "bird"}, {"y": "bird"}])
    found = awaited(classes.classes, lambda found: len(found) == 3)
    assert (found[2].name, found[2].examples) == ("bird", 2)


def test_a_label_that_came_otherwise_can_be_renamed_and_its_old_name_used_again(
    classes: ClassList, dataset: Dataset
) -> None:
    dataset.create({"y": "bird"})
    found = awaited(classes.classes, lambda found: len(found) == 3)
    classes.rename(found[2].id, "fish")
    dataset.create({"y": "bird"})
    found = awaited(classes.classes, lambda found: names(found)[2:] == ["fish", "bird"])
    assert len({entry.id for entry in found}) == 4
    classes.capture({"x": [1.0]}, found[3].id)
    assert dataset.distinct("y") == {"fish": 1, "bird": 2}


def test_a_class_without_a_name_gets_one_that_is_free(classes: ClassList) -> None:
    assert [classes.add().name, classes.add().name] == ["Class 1", "Class 2"]
    awaited(classes.classes, lambda found: len(found) == 4)


def test_renaming_takes_the_examples_along(classes: ClassList, dataset: Dataset) -> None:
    classes.capture({"x": [1.0]})
    classes.rename(classes.chosen.value, "  tom   cat ")
    assert dataset.distinct("y") == {"tom cat": 1}
    awaited(classes.classes, lambda found: names(found) == ["tom cat", "dog"] and found[0].examples == 1)
    assert classes.label == "tom cat"


def test_a_name_that_is_empty_or_taken_is_refused(classes: ClassList) -> None:
    with pytest.raises(DataError, match="needs a name"):
        classes.rename(classes.chosen.value, "  ")
    with pytest.raises(DataError, match="a class “dog” already"):
        classes.add("dog")


def test_a_colour_is_kept_and_what_is_none_is_refused(classes: ClassList) -> None:
    classes.recolour(classes.chosen.value, "#123456")
    awaited(classes.classes, lambda found: found[0].colour == "#123456")
    with pytest.raises(DataError, match="no colour"):
        classes.recolour(classes.chosen.value, "red; background: url(x)")


def test_removing_takes_the_examples_along_and_what_is_recorded_meanwhile_is_refused(
    classes: ClassList, dataset: Dataset
) -> None:
    classes.capture({"x": [1.0]})
    id = classes.chosen.value
    awaited(classes.classes, lambda found: found[0].examples == 1)
    classes.remove(id)
    awaited(classes.classes, lambda found: names(found) == ["dog"])
    assert dataset.count() == 0
    assert classes.chosen.value == ""
    for given in (id, None):
        with pytest.raises(DataError, match="not there any more"):
            classes.capture({"x": [2.0]}, given)
    assert dataset.count() == 0


def test_where_examples_are_recorded_it_is_told_that_the_class_was_removed(classes: ClassList) -> None:
    choice, edited = classes.choice(), classes.view()
    assert isinstance(choice, ClassRows)
    assert isinstance(edited, ClassRows)
    classes.remove(classes.chosen.value)
    awaited(classes.ready, lambda ready: "second class" in str(ready))
    assert (choice.chosen, choice.notice) == (
        "",
        "“cat” was removed: choose the class that new examples are for.",
    )
    assert edited.notice == ""
    classes.chosen.set(classes.classes.value[0].id)
    assert choice.notice == ""


def test_a_class_removed_while_an_example_is_stored_is_not_brought_back(
    classes: ClassList, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = classes.classes.value[0]
    create = dataset.create

    def removed_meanwhile(instance: Any) -> Any:
        kept = create(instance)
        classes._store.entries.remove({"id": entry.id})
        return kept

    monkeypatch.setattr(dataset, "create", removed_meanwhile)
    with pytest.raises(DataError, match="“cat” was removed"):
        classes.capture({"x": [1.0]})
    assert dataset.count() == 0


def test_it_is_ready_once_two_classes_have_enough_examples(classes: ClassList) -> None:
    assert (
        classes.ready.value == "Each class needs at least 2 examples: “cat” needs 2 more, “dog” needs 2 more."
    )
    for entry in classes.classes.value:
        for n in range(2):
            classes.capture({"x": [float(n)]}, entry.id)
    awaited(classes.ready, lambda ready: ready is True)


def test_what_is_missing_is_said_in_words() -> None:
    one = ClassEntry("1", "cat", "#000000", 9)
    assert "second class" in missing_words((one,), 3)
    many = tuple(ClassEntry(str(n), f"class {n}", "#000000") for n in range(7))
    assert missing_words(many, 3).endswith("“class 3” needs 3 more and 3 more classes too.")


def test_one_class_with_many_more_examples_is_told() -> None:
    few, many = ClassEntry("1", "cat", "#000000", 4), ClassEntry("2", "dog", "#000000", 12)
    assert "Add some to “cat”" in balance_words((few, many), 3)
    assert balance_words((few, ClassEntry("2", "dog", "#000000", 11)), 3) == ""


def test_what_the_page_asks_is_done_and_what_makes_no_sense_is_ignored(classes: ClassList) -> None:
    rows: Any = classes.choice()
    assert isinstance(rows, ClassRows)
    for message in (None, 5, {}, {"type": "choose", "id": "no such"}, {"type": "rename", "id": 3}):
        rows._handle_msg(message)
    assert classes.label == "cat"
    second = classes.classes.value[1].id
    rows._handle_msg({"type": "choose", "id": second})
    assert classes.label == "dog"
    rows._handle_msg({"type": "rename", "id": second, "name": "cat"})
    awaited(classes.message, lambda message: "already" in message)
    rows._handle_msg({"type": "add"})
    awaited(classes.classes, lambda found: len(found) == 3)
    assert classes.message.value == ""


def test_restored_classes_replace_those_that_an_empty_list_begins_with() -> None:
    dataset = Dataset("drawings", MemoryStore())
    classes = ClassList(dataset)
    awaited(classes.classes, lambda found: names(found) == ["Class 1", "Class 2"])
    kept = classes.add("mine")
    classes.restore([("cat", "#112233"), ("Class 2", "#445566")])
    found = awaited(classes.classes, lambda found: "cat" in names(found) and "Class 1" not in names(found))
    assert sorted(names(found)) == ["Class 2", "cat", "mine"]
    assert kept.id in {entry.id for entry in found}


def test_a_first_class_that_has_examples_or_was_changed_stays_when_others_are_restored() -> None:
    dataset = Dataset("drawings", MemoryStore())
    classes = ClassList(dataset)
    first, second = awaited(classes.classes, lambda found: len(found) == 2)
    classes.capture({"x": [1.0]}, first.id)
    classes.recolour(second.id, "#123456")
    classes.restore([("cat", "#112233")])
    found = awaited(classes.classes, lambda found: "cat" in names(found))
    assert names(found) == ["Class 1", "Class 2", "cat"]


def test_a_class_is_renamed_by_its_label_and_so_are_its_examples() -> None:
    dataset = Dataset("drawings", MemoryStore())
    classes = ClassList(dataset)
    first, _ = awaited(classes.classes, lambda found: len(found) == 2)
    classes.capture({"x": [1.0]}, first.id)
    awaited(classes.classes, lambda found: found[0].examples == 1)
    browser = DatasetBrowser(dataset, rename=classes.rename_label)
    browser.rename("Class 1", "ring")
    # A look between the class and its examples sees them apart.
    found = awaited(classes.classes, lambda found: found[0].name == "ring" and found[0].examples)
    assert (found[0].id, found[0].examples, len(found)) == (first.id, 1, 2)
    assert dataset.labels() == ["ring"]
    with pytest.raises(DataError, match="Class 2"):
        browser.rename("ring", "Class 2")
    with pytest.raises(DataError, match="no class “Class 1”"):
        browser.rename("Class 1", "other")


def test_a_restored_class_is_chosen_where_the_chosen_one_goes() -> None:
    classes = ClassList(Dataset("drawings", MemoryStore()))
    awaited(classes.classes, lambda found: len(found) == 2)
    classes.restore([("cat", "#112233"), ("dog", "#445566")])
    found = awaited(classes.classes, lambda found: names(found) == ["cat", "dog"])
    awaited(classes.chosen, lambda id: id == found[0].id)
