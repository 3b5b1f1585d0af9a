package org.rlaif.bench;

/**
 * A figure that was promised.
 *
 * @param least true: at least the limit; false: at most
 */
record Target(String name, double value, boolean least, double limit, boolean holds) {
  static Target atLeast(String name, double value, double limit) {
    return new Target(name, value, true, limit, value >= limit);
  }

  static Target atMost(String name, double value, double limit) {
    return new Target(name, value, false, limit, value <= limit);
  }
}
