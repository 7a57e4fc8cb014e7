package io.maas.internal.registry;

import io.maas.repository.Commit;
import io.maas.repository.Traffic;

/**
 * The traffic of an alias, which is not {@link Traffic#none()}.
 *
 * @param traffic who answers, and who gets copies
 * @param since the commit that set it
 */
record TrafficState(Traffic traffic, Commit since) {}
