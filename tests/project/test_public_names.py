"""The public surface: small, explicit, pinned."""

from __future__ import annotations

import ast
import inspect

import pytest

import imlkit
from imlkit import components
from tests.project.source import ROOT

PUBLIC = [
    "BatchPrediction",
    "Button",
    "Checkbox",
    "CheckpointChoice",
    "ClassList",
    "ClassificationReport",
    "Component",
    "ConfidencePlot",
    "ConfusionMatrix",
    "Dashboard",
    "Dataset",
    "DatasetBrowser",
    "Estimate",
    "EventLog",
    "Explorer",
    "FeatureChoice",
    "Heatmap",
    "HogFeatures",
    "HoldButton",
    "ImageClassifier",
    "ImageDisplay",
    "ImageUpload",
    "ImlkitError",
    "InstanceList",
    "InstanceTable",
    "KNNClassifier",
    "Likert",
    "LinkedComponent",
    "LinkedConfusionMatrix",
    "LinkedState",
    "MLPClassifier",
    "Markdown",
    "Mistakes",
    "MobileNetFeatures",
    "Model",
    "ModelVersions",
    "NextExamples",
    "PageDownload",
    "Prediction",
    "ProjectFile",
    "Projection",
    "RunImages",
    "RunPlot",
    "Saliency",
    "Scatter",
    "Select",
    "Session",
    "SimilarExamples",
    "Sketchpad",
    "Slider",
    "Store",
    "Stream",
    "SummaryCharts",
    "Table",
    "Text",
    "TextArea",
    "TextInput",
    "Toggle",
    "Toolbar",
    "TorchModel",
    "TrainingHistory",
    "TrainingPlot",
    "TrainingProgress",
    "TrainingStatus",
    "Webcam",
    "WeightHistograms",
    "Wizard",
    "__version__",
    "data_store",
    "export",
    "export_file",
]


def test_the_public_names_are_these_in_order() -> None:
    assert imlkit.__all__ == PUBLIC
    assert sorted(PUBLIC) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(imlkit, name)
    assert name in dir(imlkit)
    if name != "__version__":
        first = (inspect.getdoc(value) or "").partition("\n")[0]
        assert first.endswith((".", ":")), f"{name}: {first!r}"
        assert value.__name__ == name


@pytest.mark.parametrize("name", sorted(components.MODULES))
def test_what_a_person_gives_a_component_is_documented(name: str) -> None:
    component = getattr(imlkit, name)
    text = inspect.getdoc(component) or ""
    parameters = [
        parameter.name
        for parameter in inspect.signature(component).parameters.values()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    assert [parameter for parameter in parameters if f"{parameter}:" not in text] == []


def test_an_unknown_name_is_told_as_python_tells_it() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Sketchpads'"):
        imlkit.Sketchpads  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'Sketchpads'"):
        components.Sketchpads  # noqa: B018


def test_type_checkers_and_the_running_facade_agree() -> None:
    tree = ast.parse((ROOT / "imlkit" / "__init__.py").read_bytes())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed: dict[str, str] = {}
    for statement in block.body:
        assert isinstance(statement, ast.ImportFrom)
        for exported in statement.names:
            assert exported.asname == exported.name, f"{exported.name} is not re-exported"
            typed[exported.name] = statement.module or ""
    assert sorted([*typed, "__version__"]) == imlkit.__all__
    for name, module in components.MODULES.items():
        assert typed[name] == f"components.{module}"
    for name, module in imlkit._FRAMEWORK.items():
        assert typed[name] == module


def test_the_facade_and_the_components_agree() -> None:
    assert set(components.MODULES) <= set(imlkit.__all__)
    assert components.__all__ == sorted(components.MODULES)
    for name in components.MODULES:
        assert getattr(imlkit, name) is getattr(components, name)
