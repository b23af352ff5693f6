"""Everything a person sees or a pipeline uses, one folder an activity.

The names load their modules at first use, so that importing one does not load the others.
"""

from importlib import import_module
from typing import Any

MODULES = {
    "BatchPrediction": "evaluation.batch_prediction",
    "Button": "widgets.button",
    "Checkbox": "widgets.checkbox",
    "CheckpointChoice": "experiments.checkpoint_choice",
    "ClassList": "data.class_list",
    "ClassificationReport": "evaluation.classification_report",
    "ConfidencePlot": "charts.confidence_plot",
    "ConfusionMatrix": "evaluation.confusion_matrix",
    "Dataset": "data.dataset",
    "DatasetBrowser": "data.dataset_browser",
    "EventLog": "data.event_log",
    "Explorer": "tables.explorer",
    "FeatureChoice": "models.feature_choice",
    "Heatmap": "tables.heatmap",
    "HogFeatures": "models.hog_features",
    "HoldButton": "inputs.hold_button",
    "ImageClassifier": "models.image_classifier",
    "ImageDisplay": "widgets.image_display",
    "ImageUpload": "inputs.image_upload",
    "InstanceList": "tables.instance_list",
    "InstanceTable": "tables.instance_table",
    "KNNClassifier": "models.knn_classifier",
    "Likert": "widgets.likert",
    "LinkedConfusionMatrix": "tables.table_confusion",
    "MLPClassifier": "models.mlp_classifier",
    "ModelVersions": "models.model_versions",
    "Saliency": "models.saliency",
    "TorchModel": "models.torch_model",
    "Markdown": "tables.markdown",
    "Mistakes": "data.mistakes",
    "MobileNetFeatures": "models.mobilenet_features",
    "NextExamples": "data.next_examples",
    "PageDownload": "tables.page_download",
    "ProjectFile": "data.project_file",
    "Projection": "tables.projection",
    "RunImages": "experiments.run_images",
    "RunPlot": "experiments.run_plot",
    "Scatter": "tables.scatter",
    "Select": "widgets.select",
    "SimilarExamples": "data.similar_examples",
    "Sketchpad": "inputs.sketchpad",
    "Slider": "widgets.slider",
    "SummaryCharts": "tables.summary_charts",
    "Text": "widgets.text",
    "TextArea": "widgets.text_area",
    "TextInput": "widgets.text_input",
    "Toggle": "widgets.toggle",
    "Toolbar": "tables.toolbar",
    "TrainingHistory": "experiments.training_history",
    "TrainingPlot": "charts.training_plot",
    "TrainingProgress": "charts.training_progress",
    "Webcam": "inputs.webcam",
    "WeightHistograms": "experiments.weight_histograms",
}
"""Each public component, and the module under this package that holds it."""

__all__ = sorted(MODULES)


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return getattr(import_module(f".{MODULES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *MODULES]
