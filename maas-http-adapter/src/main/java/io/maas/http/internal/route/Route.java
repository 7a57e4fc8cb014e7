package io.maas.http.internal.route;

/**
 * A route.
 *
 * @param method of HTTP, in upper case
 * @param template the path, where a segment such as <code>{model}</code> stands for any value
 * @param permission what a caller needs
 * @param reach what it is about, for callers who are for some models only
 */
public record Route(String method, String template, Permission permission, Reach reach, RouteHandler handler) {
    private static final String MODEL = "{model}";

    /** Creates one that reaches to the model in its path, or if there is none, to everything. */
    public Route(String method, String template, Permission permission, RouteHandler handler) {
        this(method, template, permission, template.contains(MODEL) ? Reach.MODEL : Reach.EVERYTHING, handler);
    }

    /** Returns the same for a handler that itself looks which models the caller is for. */
    public Route forOwnModels() {
        return new Route(method, template, permission, Reach.OWN, handler);
    }

    /** Returns which of the path's variables is the model, or -1. */
    int modelVariable() {
        int variable = 0;
        for (String segment : template.substring(1).split("/", -1)) {
            if (segment.equals(MODEL)) {
                return variable;
            }
            variable += segment.startsWith("{") ? 1 : 0;
        }
        return -1;
    }
}
