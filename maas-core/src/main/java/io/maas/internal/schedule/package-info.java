/**
 * When and with whom a request runs: queues, batches, turns and admission on each device.
 *
 * <p>Read {@link io.maas.internal.schedule.Device} first, which has the threads, then {@link
 * io.maas.internal.schedule.Backlog}, which has the rules and no threads.
 */
package io.maas.internal.schedule;
