package org.rlaif.model.jinja;

/** What is wrong with a template, or what a template says is wrong with its messages. */
public final class JinjaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JinjaException(String message) {
    super(message);
  }
}
