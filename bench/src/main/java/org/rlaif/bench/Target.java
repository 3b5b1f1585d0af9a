package org.rlaif.bench;

/**
 * A figure that was promised.
 *
 * @param least true: at least the limit; false: at most
 */
record Target(String name, double value, boolean least, double limit, boolean holds) {}
