/** Which route answers a request, and who may use it. Start at {@code Routes}. */
package io.maas.http.internal.route;
