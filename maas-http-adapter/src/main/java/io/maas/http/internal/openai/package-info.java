/**
 * What clients of OpenAI's API ask for vectors with: {@code /v1/embeddings} and {@code /v1/models}, as <a
 * href="https://platform.openai.com/docs/api-reference/embeddings">its reference</a> has them. Start at {@code OpenAiRoutes}.
 */
package io.maas.http.internal.openai;
