package org.rlaif.model.jinja;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one rendering may cost. Templates come with models and messages from anybody: neither may
 * hold up whoever renders them, or fill its memory. The limits grow with what there is to say, and
 * are far above what conversations need.
 *
 * <p>Values pay where they are made, whoever makes them: so the budget is the thread's that
 * renders.
 */
final class Budget {
  /** Blocks, brackets and operators inside each other; Python's own parser stops at 200. */
  static final int MOST_NESTED = 100;

  private static final long STEPS = 2_000_000;
  private static final long STEPS_PER_CHARACTER = 8;
  private static final long CHARACTERS = 64_000_000;
  private static final long CHARACTERS_PER_CHARACTER = 32;

  /** Looking at a character costs less than writing it. */
  private static final int LOOKED_AT = 8;

  private static final ThreadLocal<@Nullable Budget> OF_THREAD = new ThreadLocal<>();

  private final long mostSteps;
  private final long mostCharacters;
  private long steps;
  private long characters;
  private int depth;

  private Budget(long given) {
    this.mostSteps = STEPS + STEPS_PER_CHARACTER * given;
    this.mostCharacters = CHARACTERS + CHARACTERS_PER_CHARACTER * given;
  }

  /**
   * Renders with a budget.
   *
   * @param given characters of all that is to be said
   */
  static <T> T limit(long given, Supplier<T> rendering) {
    OF_THREAD.set(new Budget(given));
    try {
      return rendering.get();
    } finally {
      OF_THREAD.remove();
    }
  }

  /** So many things are done; a {@link JinjaException} says that they are too many. */
  static void steps(long count) {
    Budget budget = OF_THREAD.get();
    if (budget != null) {
      budget.steps += count;
      if (budget.steps > budget.mostSteps) {
        throw new JinjaException("more than " + budget.mostSteps + " steps");
      }
    }
  }

  /** So many characters are written, or are about to be. */
  static void characters(long count) {
    Budget budget = OF_THREAD.get();
    if (budget != null) {
      budget.characters += count;
      if (budget.characters > budget.mostCharacters) {
        throw new JinjaException("more than " + budget.mostCharacters + " characters of text");
      }
    }
  }

  /** So many characters are looked at. */
  static void reading(long count) {
    characters(count / LOOKED_AT);
  }

  /** One level more of calls and of values inside each other. */
  static <T> T deeper(Supplier<T> inside) {
    Budget budget = OF_THREAD.get();
    if (budget == null) {
      return inside.get();
    }
    if (++budget.depth > MOST_NESTED) {
      throw tooDeep();
    }
    T result = inside.get();
    budget.depth--;
    return result;
  }

  static JinjaException tooDeep() {
    return new JinjaException("more than " + MOST_NESTED + " levels inside each other");
  }
}
