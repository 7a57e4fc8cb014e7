/**
 * What routes see of HTTP, whatever carries it: an {@link io.maas.http.internal.exchange.Endpoint} looks at the head of an {@link
 * io.maas.http.internal.exchange.Exchange}, says how it wants the body, and answers. Start at {@code Endpoint}.
 *
 * <p>An exchange may be answered from any thread, by one at a time.
 */
package io.maas.http.internal.exchange;
