"""imlkit: a reactive-stream toolkit for interactive machine learning.

Everything public is importable from here, and loads at first use: ``import imlkit`` alone loads
neither Panel nor PyTorch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .component import Component as Component
    from .components.charts.confidence_plot import ConfidencePlot as ConfidencePlot
    from .components.charts.training_plot import TrainingPlot as TrainingPlot
    from .components.charts.training_progress import TrainingProgress as TrainingProgress
    from .components.data.class_list import ClassList as ClassList
    from .components.data.dataset import Dataset as Dataset
    from .components.data.dataset_browser import DatasetBrowser as DatasetBrowser
    from .components.data.event_log import EventLog as EventLog
    from .components.data.mistakes import Mistakes as Mistakes
    from .components.data.next_examples import NextExamples as NextExamples
    from .components.data.project_file import ProjectFile as ProjectFile
    from .components.data.similar_examples import SimilarExamples as SimilarExamples
    from .components.evaluation.batch_prediction import BatchPrediction as BatchPrediction
    from .components.evaluation.classification_report import ClassificationReport as ClassificationReport
    from .components.evaluation.confusion_matrix import ConfusionMatrix as ConfusionMatrix
    from .components.experiments.checkpoint_choice import CheckpointChoice as CheckpointChoice
    from .components.experiments.run_images import RunImages as RunImages
    from .components.experiments.run_plot import RunPlot as RunPlot
    from .components.experiments.training_history import TrainingHistory as TrainingHistory
    from .components.experiments.weight_histograms import WeightHistograms as WeightHistograms
    from .components.inputs.hold_button import HoldButton as HoldButton
    from .components.inputs.image_upload import ImageUpload as ImageUpload
    from .components.inputs.sketchpad import Sketchpad as Sketchpad
    from .components.inputs.webcam import Webcam as Webcam
    from .components.models.feature_choice import FeatureChoice as FeatureChoice
    from .components.models.hog_features import HogFeatures as HogFeatures
    from .components.models.image_classifier import ImageClassifier as ImageClassifier
    from .components.models.knn_classifier import KNNClassifier as KNNClassifier
    from .components.models.mlp_classifier import MLPClassifier as MLPClassifier
    from .components.models.mobilenet_features import MobileNetFeatures as MobileNetFeatures
    from .components.models.model_versions import ModelVersions as ModelVersions
    from .components.models.saliency import Saliency as Saliency
    from .components.models.torch_model import TorchModel as TorchModel
    from .components.tables.explorer import Explorer as Explorer
    from .components.tables.heatmap import Heatmap as Heatmap
    from .components.tables.instance_list import InstanceList as InstanceList
    from .components.tables.instance_table import InstanceTable as InstanceTable
    from .components.tables.markdown import Markdown as Markdown
    from .components.tables.page_download import PageDownload as PageDownload
    from .components.tables.projection import Projection as Projection
    from .components.tables.scatter import Scatter as Scatter
    from .components.tables.summary_charts import SummaryCharts as SummaryCharts
    from .components.tables.table_confusion import LinkedConfusionMatrix as LinkedConfusionMatrix
    from .components.tables.toolbar import Toolbar as Toolbar
    from .components.widgets.button import Button as Button
    from .components.widgets.checkbox import Checkbox as Checkbox
    from .components.widgets.image_display import ImageDisplay as ImageDisplay
    from .components.widgets.likert import Likert as Likert
    from .components.widgets.select import Select as Select
    from .components.widgets.slider import Slider as Slider
    from .components.widgets.text import Text as Text
    from .components.widgets.text_area import TextArea as TextArea
    from .components.widgets.text_input import TextInput as TextInput
    from .components.widgets.toggle import Toggle as Toggle
    from .errors import ImlkitError as ImlkitError
    from .layouts.dashboard import Dashboard as Dashboard
    from .layouts.wizard import Wizard as Wizard
    from .location import data_store as data_store
    from .model import Estimate as Estimate
    from .model import Model as Model
    from .model import Prediction as Prediction
    from .model import TrainingStatus as TrainingStatus
    from .session import Session as Session
    from .store import Store as Store
    from .streams import Stream as Stream
    from .tables import LinkedState as LinkedState
    from .tables import Table as Table
    from .tables.exports.export import export as export
    from .tables.exports.export import export_file as export_file
    from .tables.linked.linked_component import LinkedComponent as LinkedComponent

__version__ = "0.1.0"

_FRAMEWORK = {
    "Component": "component",
    "Dashboard": "layouts.dashboard",
    "ImlkitError": "errors",
    "LinkedComponent": "tables.linked.linked_component",
    "LinkedState": "tables",
    "Model": "model",
    "Estimate": "model",
    "Prediction": "model",
    "Session": "session",
    "Store": "store",
    "Stream": "streams",
    "Table": "tables",
    "TrainingStatus": "model",
    "Wizard": "layouts.wizard",
    "data_store": "location",
    "export": "tables.exports.export",
    "export_file": "tables.exports.export",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    if name in _FRAMEWORK:
        value = getattr(import_module(f".{_FRAMEWORK[name]}", __name__), name)
    elif name in __all__:
        value = getattr(import_module(".components", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Found once, a name is an ordinary attribute.
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
