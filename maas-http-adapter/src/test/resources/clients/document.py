"""Calls of the form that the platform's users write: forms that are labelled JSON, and an open file as a form's value."""

import sys

import requests

url, model_file = sys.argv[1], sys.argv[2]
headers = {"Content-Type": "application/json"}


def call(path, **data):
    response = requests.post(url + path, headers=headers, data=data, timeout=30)
    print(path, response.status_code, response.text[:200])
    assert response.ok, response.text
    return response.json()


with open(model_file, "rb") as model:
    registered = requests.post(url + "/api/v1/models", headers=headers, data={"model": model}, timeout=60)
print(registered.status_code, registered.text[:200])
assert registered.status_code == 201, registered.text
name = registered.json()["id"]
assert name.startswith("model-"), name

assert call(f"/api/v1/models/{name}/versions", version="2.0")["version"] == "2.0"
assert call(f"/api/v1/models/{name}/publish", version="2.0")["commit"] > 0
pixels = [8.0] * 64
answer = call("/predict", input=pixels, model=name)
assert set(answer) == {"output_label", "output_probability"}, answer
assert isinstance(answer["output_label"], int), answer
assert call(f"/api/v1/models/{name}/call", input_data=pixels)["version"] == "2.0"

nested = requests.post(url + "/predict", headers=headers, data={"input": [pixels, pixels], "model": name}, timeout=30)
assert nested.status_code == 400 and "json=" in nested.text, nested.text
rows = requests.post(url + "/predict", json={"input": [pixels, pixels], "model": name}, timeout=30)
assert len(rows.json()["output_label"]) == 2, rows.text

assert call(f"/api/v1/models/{name}/publish", version="1")
assert call(f"/api/v1/models/{name}/rollback")
performance = requests.get(url + f"/api/v1/models/{name}/performance", timeout=30).json()
assert performance["versions"][0]["outcomes"]["succeeded"] > 0, performance

pickle = requests.post(url + "/api/v1/models", headers=headers, data={"model": open(__file__, "rb")}, timeout=30)
assert pickle.status_code == 422, pickle.text
print("passed")
