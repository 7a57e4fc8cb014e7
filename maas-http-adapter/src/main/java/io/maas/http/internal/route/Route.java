package io.maas.http.internal.route;

/**
 * A route.
 *
 * @param method of HTTP, in upper case
 * @param template the path, where a segment such as <code>{model}</code> stands for any value
 */
public record Route(String method, String template, Permission permission, RouteHandler handler) {}
