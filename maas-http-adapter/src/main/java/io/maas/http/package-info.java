/**
 * Serves a platform over HTTP. Start at {@link io.maas.http.MaasHttpServer}; it may be used from any thread.
 */
package io.maas.http;
