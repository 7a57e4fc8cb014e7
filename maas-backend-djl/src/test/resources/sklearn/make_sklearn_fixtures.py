"""Writes a scikit-learn pipeline with one input per column as an ONNX model, for tests.

Usage:

    pip install -r ../digits/requirements.txt
    python make_sklearn_fixtures.py [output folder]      (default: the folder of this script)

    columns.onnx            inputs: one [None, 1] tensor per column (STRING, FP32, FP32, INT64);
                            outputs: the label as a string tensor, and the probabilities as a
                            sequence of maps from string to float (the converter's default, ZipMap)
    columns-expected.json   input rows, with the answers of ONNX Runtime

The data is synthetic: wines with made-up values. One category is not ASCII, and one of the expected
rows has a category that the training data does not have. The expected probabilities are rounded to 7
decimals. With the pinned versions, a second run writes the same bytes.
"""

import json
import os
import sys
from pathlib import Path

# Fixed for the same reason as in make_digits.py: the bytes must not depend on the processor.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["OPENBLAS_CORETYPE"] = "Prescott"

import numpy as np
import onnxruntime
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

ROWS_PER_CLASS = 40

# Column name: type in the ONNX model, type in NumPy.
COLUMNS = {
    "colour": (StringTensorType([None, 1]), object),
    "sugar": (FloatTensorType([None, 1]), np.float32),
    "pressure": (FloatTensorType([None, 1]), np.float32),
    "age": (Int64TensorType([None, 1]), np.int64),
}

# Class: colours, mean sugar in g/l, mean pressure in bar, youngest and oldest age in years.
CLASSES = {
    "dry": (["red", "white"], 3.0, 1.0, 1, 9),
    "sparkling": (["white", "rosé"], 8.0, 5.0, 1, 4),
    "sweet": (["red", "white", "rosé"], 16.0, 1.0, 2, 12),
}

EXPECTED_ROWS = [
    ["red", 2.5, 1.0, 6],
    ["white", 8.0, 5.5, 2],
    ["rosé", 17.25, 1.0, 3],
    ["white", 9.5, 2.75, 4],
    ["orange", 6.0, 1.0, 5],  # not in the training data
]


def training_data():
    random = np.random.default_rng(0)
    rows, labels = [], []
    for label, (colours, sugar, pressure, youngest, oldest) in CLASSES.items():
        for _ in range(ROWS_PER_CLASS):
            rows.append([str(random.choice(colours)),
                         round(random.normal(sugar, 2.0), 1),
                         round(random.normal(pressure, 0.5), 1),
                         int(random.integers(youngest, oldest, endpoint=True))])
            labels.append(label)
    return np.array(rows, dtype=object), np.array(labels)


def train(rows, labels):
    encode = ColumnTransformer(
        [("colour", OneHotEncoder(handle_unknown="ignore", sparse_output=False), [0]),
         ("numbers", "passthrough", [1, 2, 3])])
    model = Pipeline([("encode", encode), ("classify", LogisticRegression(max_iter=5000))])
    return model.fit(rows, labels)


def export(model):
    """Returns the bytes of the model; the converter leaves the order of the opsets to chance."""
    inputs = [(name, onnx_type) for name, (onnx_type, _) in COLUMNS.items()]
    exported = convert_sklearn(model, name="columns", initial_types=inputs)
    exported.opset_import.sort(key=lambda opset: opset.domain)
    return exported.SerializeToString(deterministic=True)


def expected(content):
    """Returns the answers of ONNX Runtime, with the probabilities in the order of the classes."""
    feeds = {name: np.array([[row[i]] for row in EXPECTED_ROWS], dtype=numpy_type)
             for i, (name, (_, numpy_type)) in enumerate(COLUMNS.items())}
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    labels, maps = session.run(["output_label", "output_probability"], feeds)
    classes = sorted(maps[0])
    return {
        "model": "columns.onnx",
        "classes": classes,
        "rows": [{"inputs": dict(zip(COLUMNS, row)),
                  "label": str(label),
                  "probabilities": [round(probabilities[name], 7) for name in classes]}
                 for row, label, probabilities in zip(EXPECTED_ROWS, labels, maps)],
    }


def main(target):
    target.mkdir(parents=True, exist_ok=True)
    content = export(train(*training_data()))
    (target / "columns.onnx").write_bytes(content)
    text = json.dumps(expected(content), indent=2, ensure_ascii=False) + "\n"
    (target / "columns-expected.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"columns.onnx: {len(content)} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
