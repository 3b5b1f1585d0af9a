package org.rlaif.serving.sampling;

import org.rlaif.model.text.TextStream;
import org.rlaif.model.text.Tokenizer;

/**
 * Text of tokens as they come, until a stop string is in it. What might be the beginning of a stop
 * string is held back; all pieces together are the text before it. Depends on the tokens alone, so
 * that whoever scans finds the same.
 */
public final class StopScan {
  private final TextStream stream;
  private final Stops stops;
  private final StringBuilder text = new StringBuilder();
  private int tokens;
  private int given;

  /** A stop string counts if it ends behind this. */
  private int checked;

  private String found = "";

  /**
   * @param prompt the tokens that stand before
   */
  public StopScan(Tokenizer tokenizer, Stops stops, int[] prompt) {
    this.stream = new TextStream(tokenizer, prompt);
    this.stops = stops;
  }

  /** The text that is certain after one more token. Stop tokens have none. */
  public String add(int token) {
    tokens++;
    if (stops.tokenIds().contains(token)) {
      return "";
    }
    String piece = stream.add(token);
    if (stops.strings().isEmpty()) {
      return piece;
    }
    text.append(piece);
    if (tokens > stops.minTokens() && find()) {
      return give(text.length());
    }
    checked = text.length();
    return give(text.length() - held());
  }

  /** What was held back, when no more tokens come; nothing if a stop string was found. */
  public String end() {
    if (!found.isEmpty()) {
      return "";
    }
    String rest = stream.end();
    if (stops.strings().isEmpty()) {
      return rest;
    }
    text.append(rest);
    return give(text.length());
  }

  /** The stop string that was found; empty if none was. */
  public String found() {
    return found;
  }

  /** The text before the stop string. */
  public String text() {
    return text.toString();
  }

  /** Cuts the text before the first stop string; among those that begin together, as listed. */
  private boolean find() {
    int first = text.length();
    for (String stop : stops.strings()) {
      int at = text.indexOf(stop, Math.max(0, checked - stop.length() + 1));
      if (at >= 0 && at < first) {
        first = at;
        found = stop;
      }
    }
    text.setLength(first);
    return !found.isEmpty();
  }

  private String give(int to) {
    String piece = text.substring(given, to);
    given = to;
    return piece;
  }

  /** Length of the longest ending that a stop string could go on from. */
  private int held() {
    String tail = text.substring(given);
    int longest = 0;
    for (String stop : stops.strings()) {
      int most = Math.min(stop.length() - 1, tail.length());
      for (int length = most; length > longest; length--) {
        if (stop.regionMatches(0, tail, tail.length() - length, length)) {
          longest = length;
        }
      }
    }
    return longest;
  }
}
