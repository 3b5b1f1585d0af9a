package org.rlaif.judge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;

/**
 * Two of several candidates, of which a label says which is better.
 *
 * @param first its index among the candidates of the prompt; {@code second} is greater
 * @param question about both, in this order
 */
public record CandidatePair(
    String id,
    Prompt prompt,
    int first,
    int second,
    Question question,
    Preference.@Nullable Tokens tokens,
    Preference.@Nullable Authors authors) {

  /** Every two: k (k - 1) / 2 pairs. */
  public static List<CandidatePair> all(Candidates candidates) {
    int k = candidates.completions().size();
    List<CandidatePair> all = new ArrayList<>();
    for (int i = 0; i < k; i++) {
      for (int j = i + 1; j < k; j++) {
        all.add(of(candidates, i, j));
      }
    }
    return all;
  }

  /** Whether they are neighbours among the candidates. */
  boolean isConsecutive() {
    return second == first + 1;
  }

  private static CandidatePair of(Candidates all, int i, int j) {
    List<String> completions = all.completions();
    List<List<Integer>> tokens = all.tokens();
    List<String> authors = all.authors();
    return new CandidatePair(
        completions.size() == 2 ? all.id() : all.id() + "#" + i + "-" + j,
        all.prompt(),
        i,
        j,
        new Question(all.prompt().transcript(), completions.get(i), completions.get(j)),
        tokens == null ? null : new Preference.Tokens(tokens.get(i), tokens.get(j)),
        authors == null ? null : new Preference.Authors(authors.get(i), authors.get(j)));
  }

  /**
   * The label.
   *
   * @param clamp it is no nearer to 0 or 1 than this
   */
  public Preference labelled(double probabilityFirst, double clamp, Provenance provenance) {
    return new Preference(
        id,
        prompt,
        question.first(),
        question.second(),
        Math.max(clamp, Math.min(1 - clamp, probabilityFirst)),
        provenance,
        tokens,
        authors,
        /* confidence= */ null);
  }
}
