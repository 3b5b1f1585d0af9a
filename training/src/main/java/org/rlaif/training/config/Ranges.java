package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import org.jspecify.annotations.Nullable;

/** Refuses numbers that cannot be, by the names of their settings. */
final class Ranges {
  private Ranges() {}

  static void atLeastOne(String name, int value) {
    require(value > 0, name, value, "> 0");
  }

  static void microbatch(String name, @Nullable Integer size, String batch, int most) {
    require(
        size == null || (size > 0 && size <= most),
        name,
        size,
        "from 1 to %s (%d), or null".formatted(batch, most));
  }

  static void positive(String name, double value) {
    require(value > 0, name, value, "> 0");
  }

  static void positiveOrNull(String name, @Nullable Double value) {
    require(value == null || value > 0, name, value, "> 0, or null");
  }

  static void notNegative(String name, double value) {
    require(value >= 0, name, value, ">= 0");
  }

  static void fraction(String name, double value) {
    require(value >= 0 && value <= 1, name, value, "from 0 to 1");
  }
}
