package org.rlaif.judge.revision;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What has become of some answers.
 *
 * @param writtenHere first answers that nobody had given
 * @param leftOut answers without a revision, as the model did not write something
 * @param reasons of these, by their words
 * @param unchanged revisions that are the first answer; they are no candidates
 * @param principles how often each was drawn
 * @param charactersBefore mean length of the first answers that were revised
 * @param charactersAfter mean length of their last revisions
 */
public record RevisionReport(
    int answers,
    int writtenHere,
    int revised,
    int leftOut,
    Map<String, Integer> reasons,
    int unchanged,
    Map<String, Integer> principles,
    double charactersBefore,
    double charactersAfter) {

  static RevisionReport of(List<FirstAnswer> given, List<Revision> revisions) {
    List<Revision> done = revisions.stream().filter(Revision::isDone).toList();
    SortedMap<String, Integer> reasons = new TreeMap<>();
    revisions.stream()
        .map(Revision::why)
        .forEach(why -> reasons.merge(why == null ? "" : why, 1, Integer::sum));
    reasons.remove("");
    SortedMap<String, Integer> principles = new TreeMap<>();
    done.stream()
        .flatMap(each -> each.rounds().stream())
        .forEach(round -> principles.merge(round.principle(), 1, Integer::sum));
    return new RevisionReport(
        given.size(),
        (int) given.stream().filter(each -> !each.isWritten()).count(),
        done.size(),
        given.size() - done.size(),
        reasons,
        (int) done.stream().filter(Revision::isUnchanged).count(),
        principles,
        done.stream().mapToInt(each -> each.first().completion().length()).average().orElse(0),
        done.stream().mapToInt(each -> each.last().length()).average().orElse(0));
  }

  /** Lines for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d answers, %d revised, %d left out, %d unchanged; mean length %.0f to %.0f characters",
            answers,
            revised,
            leftOut,
            unchanged,
            charactersBefore,
            charactersAfter));
    reasons.forEach((why, count) -> lines.add(count + " left out: " + why));
    return lines;
  }
}
