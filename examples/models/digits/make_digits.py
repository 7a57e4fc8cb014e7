"""Trains two digit classifiers and writes them as model folders.

Usage:

    pip install -r requirements.txt
    python make_digits.py [output folder]      (default: the folder of this script)

Everything comes from the data set that scikit-learn ships (load_digits), nothing is downloaded:

    holdout.csv   a third of the rows, held out from both trainings: label,p0,...,p63
    v1/           a weak model: logistic regression on 40 images, exported with the converter's
                  default options, so that output_probability is a sequence of maps (ZipMap)
    v2/           a better model: a neural network on all training rows, exported without ZipMap,
                  so that output_probability is a dense tensor; names are the same as in v1

Each model folder holds model.onnx, README.md (the model card) and maas.json (the manifest).
All seeds are fixed. With the pinned versions, a second run writes the same bytes. requirements.txt
and LICENSE-DATA.md are not generated.
"""

import hashlib
import json
import os
import re
import sys
from pathlib import Path

# The order in which a matrix product adds up depends on the number of threads and on the kernel
# that OpenBLAS picks for the processor, so both are fixed before NumPy is loaded. "Prescott" is
# the kernel that every x86-64 processor can run.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OPENBLAS_CORETYPE"] = "Prescott"

import numpy as np
import onnxruntime
import sklearn
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEED = 0
PIXELS, CLASSES = 64, 10
HOLDOUT_ROWS = 599  # of 1797
V1_TRAINING_ROWS = 40
SELF_TEST_DIGITS = [3, 7]  # the first training image of each

INPUTS = [("image", FloatTensorType([None, PIXELS]))]
OUTPUTS = [("output_label", Int64TensorType([None])),
           ("output_probability", FloatTensorType([None, CLASSES]))]

CARD = """\
---
license: cc-by-4.0
library_name: onnx
pipeline_tag: image-classification
tags:
  - onnx
  - scikit-learn
  - digits
metrics:
  - accuracy
model-index:
  - name: digits
    results:
      - task:
          type: image-classification
        dataset:
          name: scikit-learn digits
          type: digits
          split: holdout.csv
        metrics:
          - type: accuracy
            value: {accuracy}
---

# {title}

{what}

- Input `image`: FP32 `[batch, 64]`, an 8x8 grey image, row by row, values 0..16.
- Output `output_label`: INT64 `[batch]`, the digit 0..9.
- Output `output_probability`: {probability}
- Training data: {training}
- Accuracy on the {holdout_rows} rows of `holdout.csv`: {accuracy}, {correct} rows right.

## Limits

{limits}
Images must be prepared like those of the data set: a 32x32 bitmap, counted in blocks of 4x4 pixels.
The data was split by row and not by writer, so expect less on a handwriting that is not in the data.

Data: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
Repository, 1998, https://doi.org/10.24432/C50P49, CC BY 4.0.
"""

V1_TEXT = {
    "title": "Digits, a weak baseline",
    "what": "A logistic regression that reads handwritten digits, weak on purpose.",
    "probability": "a sequence with one map per image, digit (INT64) to probability (FP32).",
    "training": "40 images, 4 of each digit, from the training rows of scikit-learn's digits.",
    "limits": "An example for tests and demonstrations, trained on far too few images for any other use.",
}

V2_TEXT = {
    "title": "Digits",
    "what": "A neural network (64 standardized pixels, 128 hidden units) that reads handwritten digits.",
    "probability": "FP32 `[batch, 10]`, the probability of each digit, in the order 0..9.",
    "training": "{training_rows} images, all the training rows of scikit-learn's digits.",
    "limits": "An example for tests and demonstrations. The probabilities are not calibrated.",
}


def train_v1(images, labels):
    """Returns the weak model, with the converter's default options."""
    few, _, few_labels, _ = train_test_split(
        images, labels, train_size=V1_TRAINING_ROWS, stratify=labels, random_state=SEED)
    model = LogisticRegression(max_iter=1000).fit(few, few_labels)
    return convert_sklearn(model, name="digits", initial_types=INPUTS)


def train_v2(images, labels):
    """Returns the better model, without ZipMap, with v1's names and with a named batch dimension."""
    network = MLPClassifier(hidden_layer_sizes=(128,), alpha=1.0, max_iter=400, random_state=SEED)
    model = make_pipeline(StandardScaler(), network).fit(images, labels)
    exported = convert_sklearn(
        model, name="digits", initial_types=INPUTS, final_types=OUTPUTS, options={"zipmap": False})
    for value in [*exported.graph.input, *exported.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    return exported


def serialize(exported):
    """Returns the bytes of the model; the converter leaves the order of the opsets to chance."""
    exported.opset_import.sort(key=lambda opset: opset.domain)
    return exported.SerializeToString(deterministic=True)


def predict(model, images):
    """Returns the labels that ONNX Runtime computes with the model file."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(["output_label"], {"image": images.astype(np.float32)})[0]


def write_text(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")


def write_json(path, value):
    """Writes JSON with an indent of 2, with lists of plain values on one line."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    text = re.sub(r"\[\s+([^][{}]*?)\s+]", lambda found: "[" + re.sub(r"\n\s+", " ", found[1]) + "]", text)
    write_text(path, text + "\n")


def tensor(name, dtype, array):
    data = array.astype(int).ravel().tolist()
    return {"name": name, "dtype": dtype, "shape": list(array.shape), "data": data}


def file_entry(path):
    content = path.read_bytes()
    return {"path": path.name, "role": "weights" if path.suffix == ".onnx" else "doc",
            "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def manifest(folder, accuracy, images, labels):
    """Returns the content of maas.json; the images and labels become its self-test."""
    return {
        "schema": "maas/1",
        "name": "digits",
        "format": "onnx",
        "inputs": [{"name": "image", "dtype": "FP32", "shape": ["batch", PIXELS],
                    "semantic": "8x8 grey image, row by row, 0..16"}],
        "outputs": [{"name": "output_label", "dtype": "INT64", "shape": ["batch"]},
                    {"name": "output_probability", "dtype": "FP32", "shape": ["batch", CLASSES]}],
        "files": [file_entry(path) for path in sorted(folder.iterdir()) if path.name != "maas.json"],
        "runtime": {"devices": ["cpu"]},
        "selfTest": [{"inputs": [tensor("image", "FP32", images)],
                      "expected": [tensor("output_label", "INT64", labels)], "atol": 0, "rtol": 0}],
        "metrics": [{"name": "accuracy", "value": accuracy,
                     "dataset": "scikit-learn digits", "split": "holdout.csv"}],
        "license": {"spdx": "CC-BY-4.0"},
        "card": "README.md",
        "provenance": {"datasets": ["https://doi.org/10.24432/C50P49"],
                       "trainer": f"scikit-learn {sklearn.__version__}"},
    }


def write_model(folder, exported, texts, images, labels, held_out, held_out_labels):
    """Writes a model folder; the accuracy is measured with the exported model."""
    folder.mkdir(parents=True, exist_ok=True)
    model = serialize(exported)
    correct = int((predict(model, held_out) == held_out_labels).sum())
    accuracy = round(correct / len(held_out), 4)
    texts = {key: text.format(training_rows=len(images)) for key, text in texts.items()}
    (folder / "model.onnx").write_bytes(model)
    write_text(folder / "README.md",
               CARD.format(accuracy=accuracy, correct=correct, holdout_rows=len(held_out), **texts))
    examples = images[[int(np.argmax(labels == digit)) for digit in SELF_TEST_DIGITS]]
    write_json(folder / "maas.json", manifest(folder, accuracy, examples, predict(model, examples)))
    print(f"{folder.name}: {len(model)} bytes, accuracy {accuracy} ({correct} of {len(held_out)})")


def main(target):
    all_images, all_labels = load_digits(return_X_y=True)
    images, held_out, labels, held_out_labels = train_test_split(
        all_images, all_labels, test_size=HOLDOUT_ROWS, stratify=all_labels, random_state=SEED)
    data = images, labels, held_out, held_out_labels
    target.mkdir(parents=True, exist_ok=True)
    rows = np.column_stack([held_out_labels, held_out]).astype(int)
    header = ",".join(["label", *(f"p{i}" for i in range(PIXELS))])
    write_text(target / "holdout.csv", "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    write_model(target / "v1", train_v1(images, labels), V1_TEXT, *data)
    write_model(target / "v2", train_v2(images, labels), V2_TEXT, *data)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
