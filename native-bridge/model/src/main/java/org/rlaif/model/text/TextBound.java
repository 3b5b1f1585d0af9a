package org.rlaif.model.text;

import org.rlaif.kit.UserError;

/**
 * How long a text may be to become tokens of a context at all. What is longer is refused, or left
 * out, before it costs the time and the memory of becoming tokens.
 *
 * @param tokens of the context
 * @param bytesPerToken that are allowed for on average, of a whole text in UTF-8
 */
public record TextBound(int tokens, int bytesPerToken) {
  /** Far more than any language or code takes, and no more than the longest runs of spaces. */
  public static final int BYTES_PER_TOKEN = 64;

  public TextBound {
    UserError.require(bytesPerToken >= 1, "bytes per token", bytesPerToken, ">= 1");
  }

  public long bytes() {
    return (long) tokens * bytesPerToken;
  }
}
