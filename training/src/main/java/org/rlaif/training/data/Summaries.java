package org.rlaif.training.data;

import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Row;

/**
 * What OpenAI's data sets of summaries share: the prompt and the space before a summary (Stiennon
 * et al. 2020, arXiv 2009.01325; the form of Huang et al. 2024, arXiv 2403.17031).
 */
final class Summaries {
  private Summaries() {}

  /** Of a post, or of a news article. */
  static Prompt prompt(RowParts parts, Row row, Part about) {
    String text =
        about.has("post")
            ? "SUBREDDIT: r/%s\n\nTITLE: %s\n\nPOST: %s\n\nTL;DR:"
                .formatted(about.text("subreddit"), about.textIfAny("title"), about.text("post"))
            : "TITLE: %s\n\nARTICLE: %s\n\nTL;DR:"
                .formatted(about.textIfAny("title"), about.text("article"));
    return parts.prompt(row, text);
  }

  /** A space parts it from the prompt, if it has none itself. */
  static String summary(RowParts parts, String text) {
    boolean parted = text.isEmpty() || Character.isWhitespace(text.charAt(0));
    return parts.completion(parted ? text : " " + text);
  }
}
