package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

import java.util.List;

/** Completions of one prompt, for a judge to compare. */
public record Candidates(String id, Prompt prompt, List<String> completions) {
  public Candidates {
    require(completions.size() >= 2, "completions", completions.size(), "at least 2, for " + id);
    completions = List.copyOf(completions);
  }
}
