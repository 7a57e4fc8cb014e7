"""Triton's own client, for tensors and for texts, as JSON and as bytes."""

import sys

import numpy as np
import tritonclient.http as triton

client = triton.InferenceServerClient(url=sys.argv[1].removeprefix("http://"))
assert client.is_server_live() and client.is_server_ready()
assert client.is_model_ready("digits")
assert client.get_server_metadata()["name"] == "maas"
metadata = client.get_model_metadata("digits")
assert metadata["inputs"][0]["shape"][1] == 64, metadata

pixels = np.linspace(0, 16, 128, dtype=np.float32).reshape(2, 64)
answers = []
for binary in (True, False):
    image = triton.InferInput(metadata["inputs"][0]["name"], [2, 64], "FP32")
    image.set_data_from_numpy(pixels, binary_data=binary)
    wanted = [triton.InferRequestedOutput("output_probability", binary_data=binary)]
    result = client.infer("digits", [image], outputs=wanted, request_id="7")
    assert result.get_response()["id"] == "7"
    answers.append(result.as_numpy("output_probability"))
assert answers[0].shape == (2, 10), answers
np.testing.assert_allclose(answers[0], answers[1], rtol=1e-6)
packed = client.infer(
    "digits", [image], request_compression_algorithm="gzip", response_compression_algorithm="gzip"
)
np.testing.assert_allclose(packed.as_numpy("output_probability"), answers[0], rtol=1e-6)

text = triton.InferInput("text", [2], "BYTES")
text.set_data_from_numpy(np.array(["a cat", "ein Kätzchen"], dtype=object))
vectors = client.infer("minilm", [text]).as_numpy("embedding")
assert vectors.shape == (2, 384), vectors.shape
np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-4)

index = client.get_model_repository_index()
assert {"digits", "minilm"} <= {entry["name"] for entry in index}, index
statistics = client.get_inference_statistics("digits")["model_stats"][0]
assert statistics["inference_stats"]["success"]["count"] == 3, statistics
client.load_model("digits")
client.unload_model("digits")
try:
    client.infer("nobody", [image])
    raise AssertionError("a model that is not there answered")
except triton.InferenceServerException as e:
    assert "nobody" in e.message(), e
print("passed")
