"""OpenAI's own client, which asks for base64 unasked."""

import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0)
assert "minilm" in [model.id for model in client.models.list()]
assert client.models.retrieve("minilm").object == "model"
answer = client.embeddings.create(model="minilm", input=["a cat", "a kitten", "interest rates"])
vectors = [entry.embedding for entry in answer.data]
assert [len(vector) for vector in vectors] == [384] * 3


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


assert dot(vectors[0], vectors[1]) > dot(vectors[0], vectors[2]) + 0.2
plain = client.embeddings.create(model="minilm", input="a cat", encoding_format="float")
assert dot(plain.data[0].embedding, vectors[0]) > 0.99
try:
    client.embeddings.create(model="nobody", input="a cat")
    raise AssertionError("a model that is not there answered")
except openai.NotFoundError as e:
    assert e.code == "unknown-model", e
print("passed")
