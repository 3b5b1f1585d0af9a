package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Completions of one prompt, for a judge to compare.
 *
 * @param tokens the ids that a policy sampled, completion by completion, so that nobody has to
 *     tokenise them again; null, and in JSON absent: they are known as text alone
 * @param authors who wrote them, completion by completion; null, and in JSON absent: it is not
 *     known
 */
public record Candidates(
    String id,
    Prompt prompt,
    List<String> completions,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<List<Integer>> tokens,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> authors) {
  private static final String TOKENS = "tokens";

  public Candidates {
    require(completions.size() >= 2, "completions", completions.size(), "at least 2, for " + id);
    completions = List.copyOf(completions);
    if (tokens != null) {
      require(
          tokens.size() == completions.size(),
          TOKENS,
          tokens.size() + " lists",
          completions.size() + ", one for each completion, for " + id);
      tokens = tokens.stream().map(List::copyOf).toList();
    }
    if (authors != null) {
      require(
          authors.size() == completions.size(),
          "authors",
          authors.size(),
          completions.size() + ", one for each completion, for " + id);
      authors = List.copyOf(authors);
    }
  }

  public Candidates(String id, Prompt prompt, List<String> completions) {
    this(id, prompt, completions, null);
  }

  public Candidates(
      String id, Prompt prompt, List<String> completions, @Nullable List<List<Integer>> tokens) {
    this(id, prompt, completions, tokens, null);
  }
}
