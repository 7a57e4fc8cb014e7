/** What a server lets clients have: {@link io.maas.http.limits.HttpLimits}, an immutable value. */
package io.maas.http.limits;
