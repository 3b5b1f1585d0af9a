package org.rlaif.kit;

import java.net.http.HttpRequest;

/** A key or a token. It leaves this class in the header of a request and nowhere else. */
public final class Secret {
  /** There is none. */
  public static final Secret NONE = new Secret("");

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /**
   * A secret without the blanks around it, or none if there is nothing else.
   *
   * @param otherwise thrown if it has characters that no header has; the HTTP client would refuse
   *     it with a message that quotes it
   */
  public static Secret of(String text, UserError otherwise) {
    String value = text.strip();
    if (!value.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw otherwise;
    }
    return value.isEmpty() ? NONE : new Secret(value);
  }

  public boolean isNone() {
    return value.isEmpty();
  }

  /** Shows it to whoever is asked, if there is one. */
  public void sign(HttpRequest.Builder request) {
    if (!isNone()) {
      request.header("Authorization", "Bearer " + value);
    }
  }

  /** Text from elsewhere, in which it may be quoted. */
  public String removeFrom(String text, String instead) {
    return isNone() ? text : text.replace(value, instead);
  }

  @Override
  public String toString() {
    return isNone() ? "no secret" : "a secret";
  }
}
