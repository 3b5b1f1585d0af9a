package org.rlaif.judge.together;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.Statistics;

/** All that is known of one completion, as it comes in. */
final class Known {
  final Map<String, Double> ratings = new TreeMap<>();
  final Set<String> notApplicable = new HashSet<>();

  /** See {@link Aspects#score}; null: not known, or there is none. */
  @Nullable Double score;

  private final StringBuilder questions = new StringBuilder();
  private final StringBuilder rationale = new StringBuilder();

  /**
   * Notes a question and its answer, for the proof.
   *
   * @param place where the completion was shown, from 0
   */
  void asked(String question, Aspect aspect, int place, @Nullable String written) {
    questions.append(question).append('\0');
    if (written != null) {
      rationale
          .append(rationale.isEmpty() ? "" : "\n\n")
          .append(aspect.name())
          .append(", shown as completion ")
          .append(place + 1)
          .append(": ")
          .append(written.strip());
    }
  }

  /** Whether that was an answer. */
  boolean take(Aspect aspect, Said said) {
    Double rating = said.rating();
    if (rating != null) {
      ratings.put(aspect.name(), rating);
    } else if (said.notApplicable()) {
      notApplicable.add(aspect.name());
    }
    return said.isAnswer();
  }

  /** The hash of all questions, and what was written to them. */
  Provenance provenance(String hash, String source) {
    String asked = AtomicFiles.sha256(questions.toString().getBytes(StandardCharsets.UTF_8));
    String why = rationale.isEmpty() ? null : rationale.toString();
    return new Provenance(
        source, hash, null, null, new Provenance.Proof(asked, why, /* link= */ null));
  }

  /** What was said by one aspect. */
  static AspectReport.OfAspect figures(String aspect, List<Known> all) {
    double[] given =
        all.stream()
            .filter(each -> each.ratings.containsKey(aspect))
            .mapToDouble(each -> each.ratings.getOrDefault(aspect, 0.0))
            .toArray();
    int not = (int) all.stream().filter(each -> each.notApplicable.contains(aspect)).count();
    return new AspectReport.OfAspect(
        aspect,
        given.length,
        not,
        all.size() - given.length - not,
        given.length == 0 ? null : Statistics.mean(given));
  }
}
