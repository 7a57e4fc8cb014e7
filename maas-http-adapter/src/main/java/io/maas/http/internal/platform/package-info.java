/**
 * The platform itself over HTTP, under {@code /api/v1}: registering, publishing, calling, looking. Start at {@code PlatformRoutes}.
 */
package io.maas.http.internal.platform;
