package org.rlaif.kit;

import org.jspecify.annotations.Nullable;

/** A mistake that the user can mend: shown as one line, without a stack trace, exit code 2. */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }

  /** For example {@code clipRange: -1.0 (expected: > 0)}. */
  public static UserError expected(String name, @Nullable Object value, String expectation) {
    return new UserError(name + ": " + value + " (expected: " + expectation + ")");
  }

  /** A text without the blanks around it; refuses one that has nothing else, or is not there. */
  public static String given(String name, @Nullable String value, String expectation) {
    if (value == null || value.isBlank()) {
      throw expected(name, value, expectation);
    }
    return value.strip();
  }

  /** Refuses a value unless it is as expected. */
  public static void require(
      boolean asExpected, String name, @Nullable Object value, String expectation) {
    if (!asExpected) {
      throw expected(name, value, expectation);
    }
  }
}
