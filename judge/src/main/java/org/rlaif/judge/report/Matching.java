package org.rlaif.judge.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;

/**
 * What others think of the pairs that a judge has labelled.
 *
 * @param opinions of each label, turned to the label's order; some labels may have none
 * @param unmatched opinions on pairs that are not among the labels
 */
record Matching(List<List<Opinion>> opinions, int unmatched) {
  Matching {
    opinions = opinions.stream().map(List::copyOf).toList();
  }

  /** White space around a text says nothing about which text it is. */
  private record Pair(String prompt, String first, String second) {
    static Pair of(Opinion opinion) {
      return new Pair(
          opinion.promptText().strip(), opinion.firstText().strip(), opinion.secondText().strip());
    }
  }

  /** Labels of a judge, each with its texts. */
  static List<Opinion> labels(Path file) {
    List<Opinion> labels = JsonLines.read(file, Opinion.class);
    UserError.require(!labels.isEmpty(), file.toString(), "no rows", "at least 1");
    for (Opinion label : labels) {
      UserError.require(
          label.hasTexts(), file + ": " + label.id(), "no prompt", "prompt, first and second");
    }
    return labels;
  }

  /**
   * Finds the label of every row by prompt and completions, in either order: of several such labels
   * the one that also has the row's id, else all. A row without texts is found by its id.
   */
  static Matching of(List<Opinion> labels, Path file) {
    List<Opinion> others = JsonLines.read(file, Opinion.class);
    Map<Pair, List<Integer>> byTexts = new HashMap<>();
    Map<String, List<Integer>> byId = new HashMap<>();
    List<List<Opinion>> opinions = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      opinions.add(new ArrayList<>());
      byTexts.computeIfAbsent(Pair.of(labels.get(i)), key -> new ArrayList<>()).add(i);
      byId.computeIfAbsent(labels.get(i).id(), key -> new ArrayList<>()).add(i);
    }
    int unmatched = 0;
    for (Opinion other : others) {
      List<Integer> named = byId.getOrDefault(other.id(), List.of());
      if (!other.hasTexts()) {
        UserError.require(
            named.size() < 2,
            file + ": id",
            other.id(),
            "prompt, first and second, as " + named.size() + " labels have this id");
        named.forEach(i -> opinions.get(i).add(other));
        unmatched += named.isEmpty() ? 1 : 0;
        continue;
      }
      Opinion turned = other.swapped();
      List<Integer> same = byTexts.getOrDefault(Pair.of(other), List.of());
      List<Integer> crossed =
          same.isEmpty() ? byTexts.getOrDefault(Pair.of(turned), List.of()) : List.of();
      chosen(same, named).forEach(i -> opinions.get(i).add(other));
      chosen(crossed, named).forEach(i -> opinions.get(i).add(turned));
      unmatched += same.isEmpty() && crossed.isEmpty() ? 1 : 0;
    }
    UserError.require(
        unmatched < others.size(),
        file.toString(),
        "none of " + others.size() + " rows is about a pair of the labels",
        "the same prompt and completions, or only the id of a label");
    return new Matching(opinions, unmatched);
  }

  private static List<Integer> chosen(List<Integer> sameTexts, List<Integer> named) {
    List<Integer> both = sameTexts.stream().filter(named::contains).toList();
    return both.isEmpty() ? sameTexts : both;
  }
}
