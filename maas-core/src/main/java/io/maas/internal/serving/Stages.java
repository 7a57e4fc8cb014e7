package io.maas.internal.serving;

import java.util.concurrent.Executor;

/**
 * Who does the parts of asynchronous calls before and after the engine. They are apart, so that an answer that is there does not
 * wait behind calls that have not begun.
 *
 * @param prepare runs what comes before the engine
 * @param finish runs what comes after
 */
record Stages(Executor prepare, Executor finish) {}
